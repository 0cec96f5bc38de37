/** One field of a form: its label, the control of its type, its help and what is wrong with it. */
import { html, nothing, type TemplateResult } from 'lit';
import { query, request, type Reference } from './api.js';
import { PageElement, freshId, problemOf } from './element.js';
import { isReference, type Field } from './schema.js';
import './es-reference.js';

/** What the form is told by `es-edit`: the value as the server takes it. */
export interface Edit {
  name: string;
  value: unknown;
}

/** An empty control means null. Throws RangeError with words for the person when the text is no such value. */
export function parsed(field: Field, text: string): unknown {
  const plain = text.trim();
  if (plain === '') return null;
  if (field.type === 'int' || field.type === 'decimal') {
    const number = Number(plain.replace(/\s/g, '').replace(',', '.'));
    if (Number.isNaN(number)) throw new RangeError(`${field.label}: нужно число`);
    if (field.type === 'int' && !Number.isInteger(number)) throw new RangeError(`${field.label}: нужно целое число`);
    if (field.min !== undefined && number < field.min) throw new RangeError(`${field.label}: не меньше ${field.min}`);
    if (field.max !== undefined && number > field.max) throw new RangeError(`${field.label}: не больше ${field.max}`);
    return number;
  }
  if (field.max_length && plain.length > field.max_length) throw new RangeError(`${field.label}: не больше ${field.max_length} знаков`);
  return plain;
}

export class EsField extends PageElement {
  static override properties = {
    field: { attribute: false },
    value: { attribute: false },
    error: { attribute: false },
    fresh: { attribute: false },
  };
  declare field: Field;
  declare value: unknown;
  declare error: string;
  declare fresh: boolean;
  private readonly id_ = freshId('field');
  private brought = '';

  constructor() {
    super();
    this.error = '';
    this.fresh = false;
  }

  private edit(value: unknown): void {
    this.dispatchEvent(new CustomEvent<Edit>('es-edit', { detail: { name: this.field.name, value }, bubbles: true }));
  }

  /** The file goes to the server at once; the record takes it by its number when it is saved. */
  private async bring(file: File | undefined): Promise<void> {
    if (!file) return;
    try {
      const reply = await request('POST', `files${query({ name: file.name })}`, { headers: { 'Content-Type': 'application/octet-stream' }, body: file });
      this.brought = `Приложен «${file.name}»`;
      this.error = '';
      this.edit(((await reply.json()) as { id: number }).id);
    } catch (error) {
      const problem = problemOf(error);
      this.error = `${this.field.label}: ${problem.errors?.[0]?.message ?? problem.title}`;
    }
  }

  private typed(event: Event): void {
    try {
      this.edit(parsed(this.field, (event.target as HTMLInputElement).value));
      this.error = '';
    } catch (error) {
      this.error = (error as RangeError).message;
      this.edit((event.target as HTMLInputElement).value);
    }
  }

  private control(describedBy: string): TemplateResult {
    const { field, value } = this;
    const locked = !!field.readonly || (!!field.once && !this.fresh);
    const invalid = this.error ? 'true' : nothing;
    const described = describedBy || nothing;
    const text = value === null || value === undefined ? '' : String(value);
    switch (field.type) {
      case 'longtext':
        return html`<textarea id=${this.id_} rows="3" .value=${text} ?disabled=${locked} aria-invalid=${invalid} aria-describedby=${described} @input=${this.typed}></textarea>`;
      case 'bool':
        return html`<select id=${this.id_} ?disabled=${locked} aria-invalid=${invalid} aria-describedby=${described} @change=${(event: Event) => {
          const chosen = (event.target as HTMLSelectElement).value;
          this.edit(chosen === '' ? null : chosen === 'yes');
        }}>
          <option value="">не указано</option>
          <option value="yes" ?selected=${value === true}>да</option>
          <option value="no" ?selected=${value === false}>нет</option>
        </select>`;
      case 'enum':
        return html`<select id=${this.id_} ?disabled=${locked} aria-invalid=${invalid} aria-describedby=${described} @change=${(event: Event) => this.edit((event.target as HTMLSelectElement).value || null)}>
          <option value="">не указано</option>
          ${field.values?.map((one) => html`<option value=${one.id} ?selected=${one.id === value}>${one.label}</option>`)}
        </select>`;
      case 'ref':
        return html`<es-reference .inputId=${this.id_} .target=${field.target ?? ''} .value=${isReference(value) ? value : null} .disabled=${locked} .required=${!!field.required} .invalid=${!!this.error} .describedBy=${describedBy}
          @es-choose=${(event: CustomEvent<Reference | null>) => this.edit(event.detail)}></es-reference>`;
      case 'file':
        return html`<input id=${this.id_} type="file" accept=".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx,.odt" ?disabled=${locked} aria-invalid=${invalid} aria-describedby=${described} @change=${(event: Event) => void this.bring((event.target as HTMLInputElement).files?.[0])} />
          ${value ? html`<span class="help" role="status">${this.brought || 'Файл приложен'} <button type="button" class="quiet" @click=${() => this.edit(null)}>Убрать</button></span>` : nothing}`;
      default:
        return html`<input
          id=${this.id_}
          type=${field.type === 'date' ? 'date' : field.type === 'time' ? 'time' : field.check === 'email' ? 'email' : field.check === 'phone' ? 'tel' : 'text'}
          inputmode=${field.type === 'int' ? 'numeric' : field.type === 'decimal' ? 'decimal' : nothing}
          .value=${field.type === 'decimal' ? text.replace('.', ',') : text}
          ?disabled=${locked}
          aria-required=${field.required ? 'true' : nothing}
          aria-invalid=${invalid}
          aria-describedby=${described}
          autocomplete="off"
          @input=${this.typed}
        />`;
    }
  }

  override render(): TemplateResult {
    const { field } = this;
    const help = field.help ? `${this.id_}-help` : '';
    const error = this.error ? `${this.id_}-error` : '';
    return html`<div class="field ${field.type === 'longtext' ? 'wide' : ''}">
      <label for=${this.id_}>${field.label}${field.required ? html`<span class="required" title="обязательно"> *</span>` : nothing}</label>
      ${this.control([help, error].filter(Boolean).join(' '))}
      ${field.help ? html`<p class="help" id=${help}>${field.help}</p>` : nothing}
      ${this.error ? html`<p class="error" id=${error}>${this.error}</p>` : nothing}
    </div>`;
  }
}
customElements.define('es-field', EsField);
