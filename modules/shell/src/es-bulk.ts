/** One field of several records at once: asked back with what will be, undone as a whole. Tells `es-changed`, or `es-cancel`. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { send, writeKey, type Problem, type Reference, type Row } from './api.js';
import { PageElement, problemCard, problemOf, tell } from './element.js';
import { parsed } from './es-field.js';
import { counted } from './language.js';
import { displayOf, isReference, shown, type Field, type Registry } from './schema.js';
import './es-reference.js';

const types = ['text', 'enum', 'bool', 'date', 'int', 'decimal', 'ref'];
/** Nobody means to give several people one name. */
const names = new Set(['surname', 'given_name', 'patronymic']);

interface Given {
  id: number;
  version?: number;
  value: unknown;
}

/** What the server says of its operations, said of the records that they are about. */
function named(problem: Problem, displays: readonly string[]): Problem {
  const display = (text: string): string => displays[Number(/^operations\[(\d+)\]/.exec(text)?.[1] ?? -1)] ?? '';
  const about = (text: string): string => (display(text) ? `${display(text)}: ${text.replace(/^operations\[\d+\][^:]*:\s*/, '')}` : text);
  return {
    ...problem,
    ...(problem.detail ? { detail: about(problem.detail) } : {}),
    ...(problem.errors ? { errors: problem.errors.map((one) => ({ ...one, message: display(one.field) ? `${display(one.field)}: ${one.message}` : one.message })) } : {}),
  };
}

export class EsBulk extends PageElement {
  static override properties = {
    of: { attribute: false },
    rows: { attribute: false },
    columns: { attribute: false },
    name: { state: true },
    chosen: { state: true },
    clear: { state: true },
    error: { state: true },
    busy: { state: true },
    problem: { state: true },
  };
  declare of: Registry;
  declare rows: Row[];
  declare columns: Field[];
  declare name: string;
  /** Of a reference. */
  declare chosen: Reference | null;
  /** The field is to be emptied: said by itself, never by an empty value. */
  declare clear: boolean;
  declare error: string;
  declare busy: boolean;
  declare problem: Problem | null;
  private retry: (() => void) | null = null;

  constructor() {
    super();
    this.rows = [];
    this.columns = [];
    this.name = '';
    this.chosen = null;
    this.clear = false;
    this.error = '';
    this.busy = false;
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('of') && changed.get('of') && this.of.id !== (changed.get('of') as Registry).id) this.take('');
  }

  private take(name: string): void {
    this.name = name;
    this.chosen = null;
    this.clear = false;
    this.error = '';
    this.problem = null;
  }

  private get fields(): Field[] {
    return this.columns.filter((one) => !one.readonly && !one.once && !one.unique && !names.has(one.name) && types.includes(one.type));
  }

  private ask(event: SubmitEvent, one: Field): void {
    event.preventDefault();
    if (this.busy) return;
    const raw = String(new FormData(event.target as HTMLFormElement).get('value') ?? '').trim();
    let value: unknown = null;
    try {
      if (!this.clear) value = one.type === 'ref' ? (this.chosen?.id ?? null) : one.type === 'bool' ? (raw ? raw === 'yes' : null) : parsed(one, raw);
      this.error = this.clear || value !== null ? '' : `${one.label}: укажите значение`;
    } catch (error) {
      this.error = (error as RangeError).message;
    }
    if (this.error) {
      void this.updateComplete.then(() => this.querySelector<HTMLElement>('[name=value], es-reference input')?.focus());
      return;
    }
    const records = counted(this.rows.length, 'записи', 'записей', 'записей');
    const text = one.type === 'ref' ? (this.chosen?.display ?? '') : shown(one, value);
    if (!confirm(this.clear ? `Очистить поле «${one.label}» у ${records}?` : `Изменить у ${records}: «${one.label}» станет «${text}»?`)) return;
    void this.write(one, this.rows.map((row) => ({ id: row.id, version: row.version, value })), writeKey(), false);
  }

  /** `key` is of one attempt and its repetitions: it counts once, whichever of the answers was lost. */
  private async write(one: Field, given: Given[], key: Record<string, string>, back: boolean): Promise<void> {
    const rows = this.rows;
    const displays = given.map((item) => rows.find((row) => row.id === item.id)).map((row) => (row ? displayOf(this.of, row) : ''));
    this.busy = true;
    this.problem = null;
    this.retry = null;
    try {
      await send('POST', 'batch', { operations: given.map(({ id, version, value }) => ({ op: 'update', registry: this.of.id, id, ...(version ? { version } : {}), values: { [one.name]: value } })) }, key);
      if (back) tell('Возвращено, как было');
      else {
        const before = rows.map((row) => ({ id: row.id, value: isReference(row[one.name]) ? (row[one.name] as Reference).id : (row[one.name] ?? null) }));
        // The list keeps its place, so that undoing is heard there though this form is gone.
        const list = this.parentElement;
        const undo = writeKey();
        tell(`Изменено: ${counted(given.length, 'запись', 'записи', 'записей')}`, { label: 'Отменить', run: () => void this.write(one, before, undo, true).then(() => list?.dispatchEvent(new CustomEvent<Problem | null>('es-undone', { detail: this.problem }))) });
      }
      this.dispatchEvent(new Event('es-changed'));
    } catch (error) {
      const problem = problemOf(error);
      this.problem = named(problem, displays);
      // What was refused is refused again; what did not arrive, or met the server at a bad moment, may be sent once more.
      if (problem.status === 0 || problem.status >= 500) this.retry = () => void this.write(one, given, key, back);
    } finally {
      this.busy = false;
    }
  }

  private control(one: Field): TemplateResult {
    const wrong = this.error ? 'true' : nothing;
    const described = this.error ? 'bulk-error' : nothing;
    const choice = (values: { id: string; label: string }[]): TemplateResult =>
      html`<label>Значение <select name="value" ?disabled=${this.clear} aria-invalid=${wrong} aria-describedby=${described}><option value="" selected>выберите</option>${values.map((item) => html`<option value=${item.id}>${item.label}</option>`)}</select></label>`;
    switch (one.type) {
      case 'enum':
        return choice(one.values ?? []);
      case 'bool':
        return choice([{ id: 'yes', label: 'да' }, { id: 'no', label: 'нет' }]);
      case 'ref':
        return html`<div class="labelled"><label for="bulk-value">Значение</label><es-reference .inputId=${'bulk-value'} .target=${one.target ?? ''} .value=${this.chosen} .disabled=${this.clear} .invalid=${!!this.error} .describedBy=${this.error ? 'bulk-error' : ''} @es-choose=${(event: CustomEvent<Reference | null>) => (this.chosen = event.detail)}></es-reference></div>`;
      default:
        return html`<label>Значение <input name="value" type=${one.type === 'date' ? 'date' : 'text'} autocomplete="off" ?disabled=${this.clear} aria-invalid=${wrong} aria-describedby=${described} /></label>`;
    }
  }

  override render(): TemplateResult {
    const { fields } = this;
    const one = fields.find((item) => item.name === this.name) ?? fields[0];
    if (!this.of.rights.update || !one) return html`<p class="bulk">${counted(this.rows.length, 'строка выбрана', 'строки выбраны', 'строк выбрано')}</p>`;
    return html`${problemCard(this.problem, this.retry ?? undefined)}
      <form class="card bulk" novalidate @submit=${(event: SubmitEvent) => this.ask(event, one)}>
        <strong>${counted(this.rows.length, 'строка', 'строки', 'строк')}:</strong>
        <label>Поле <select name="field" @change=${(event: Event) => this.take((event.target as HTMLSelectElement).value)}>${fields.map((item) => html`<option value=${item.name} ?selected=${item === one}>${item.label}</option>`)}</select></label>
        ${keyed(one.name, this.control(one))}
        ${one.required ? nothing : html`<label class="check"><input type="checkbox" name="clear" .checked=${this.clear} @change=${(event: Event) => {
          this.clear = (event.target as HTMLInputElement).checked;
          this.error = '';
        }} /> очистить поле</label>`}
        <button ?disabled=${this.busy}>${this.busy ? 'Изменяем…' : this.clear ? 'Очистить у выбранных' : 'Изменить у выбранных'}</button>
        <button type="button" class="quiet" @click=${() => this.dispatchEvent(new Event('es-cancel'))}>Снять выбор</button>
        ${this.error ? html`<p class="error" id="bulk-error">${this.error}</p>` : nothing}
      </form>`;
  }
}
customElements.define('es-bulk', EsBulk);
