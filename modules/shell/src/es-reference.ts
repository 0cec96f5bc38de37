/** A reference: what is typed is looked for, what is found is chosen. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, query, type Page, type Reference } from './api.js';
import { PageElement, freshId } from './element.js';
import { language } from './language.js';
import { displayOf, registry } from './schema.js';

export class EsReference extends PageElement {
  static override properties = {
    target: { attribute: false },
    value: { attribute: false },
    inputId: { attribute: false },
    disabled: { attribute: false },
    required: { attribute: false },
    invalid: { attribute: false },
    describedBy: { attribute: false },
    hits: { state: true },
    active: { state: true },
    open: { state: true },
  };
  declare target: string;
  declare value: Reference | null;
  declare inputId: string;
  declare disabled: boolean;
  declare required: boolean;
  declare invalid: boolean;
  declare describedBy: string;
  declare hits: Reference[];
  declare active: number;
  declare open: boolean;
  private readonly list = freshId('choices');
  private timer = 0;

  constructor() {
    super();
    this.target = '';
    this.value = null;
    this.inputId = freshId('reference');
    this.disabled = false;
    this.required = false;
    this.invalid = false;
    this.describedBy = '';
    this.hits = [];
    this.active = 0;
    this.open = false;
  }

  private get input(): HTMLInputElement | null {
    return this.querySelector('input');
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), 120) as unknown as number;
  }

  private async look(): Promise<void> {
    const text = this.input?.value.trim() ?? '';
    try {
      const asked = text === (this.value?.display ?? '') ? '' : text;
      const [of, page] = await Promise.all([registry(this.target), get<Page>(`records/${this.target}${query({ q: asked, limit: 20 })}`)]);
      if ((this.input?.value.trim() ?? '') !== text) return;
      this.hits = page.items.map((row) => ({ id: row.id, display: displayOf(of, row) }));
      this.active = 0;
      this.open = true;
    } catch {
      this.hits = [];
      this.open = true;
    }
  }

  private choose(value: Reference | null): void {
    this.value = value;
    this.open = false;
    if (this.input) this.input.value = value?.display ?? '';
    this.dispatchEvent(new CustomEvent('es-choose', { detail: value, bubbles: true }));
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!this.open) void this.look();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.active = (this.active + step + this.hits.length) % Math.max(1, this.hits.length);
    } else if (event.key === 'Enter' && this.open) {
      event.preventDefault();
      const hit = this.hits[this.active];
      if (hit) this.choose(hit);
    } else if (event.key === 'Escape' && this.open) {
      event.preventDefault();
      this.open = false;
    }
  }

  /** What is left half typed is none of the choices: emptied means nothing, anything else goes back to what was. */
  private left(): void {
    this.open = false;
    const text = this.input?.value.trim() ?? '';
    if (text === '') {
      if (this.value) this.choose(null);
      return;
    }
    const same = this.hits.find((hit) => hit.display.toLocaleLowerCase(language) === text.toLocaleLowerCase(language));
    if (same && same.id !== this.value?.id) this.choose(same);
    else if (this.input) this.input.value = this.value?.display ?? '';
  }

  override render(): TemplateResult {
    return html`<div class="reference">
      <input
        id=${this.inputId}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded=${this.open ? 'true' : 'false'}
        aria-controls=${this.list}
        aria-activedescendant=${this.open && this.hits.length ? `${this.list}-${this.active}` : nothing}
        aria-invalid=${this.invalid ? 'true' : nothing}
        aria-describedby=${this.describedBy || nothing}
        aria-required=${this.required ? 'true' : nothing}
        autocomplete="off"
        placeholder="Начните вводить"
        .value=${this.value?.display ?? ''}
        ?disabled=${this.disabled}
        @input=${this.typed}
        @click=${() => void this.look()}
        @keydown=${this.key}
        @blur=${this.left}
      />
      <ul id=${this.list} role="listbox" aria-label="Варианты" class="card" ?hidden=${!this.open || !this.hits.length}>
        ${this.hits.map(
          (hit, i) => html`<li id="${this.list}-${i}" role="option" aria-selected=${i === this.active ? 'true' : 'false'} @mousedown=${(event: Event) => {
            event.preventDefault();
            this.choose(hit);
          }}>${hit.display}</li>`,
        )}
      </ul>
      ${this.open && !this.hits.length ? html`<p class="card nothing" role="status">Ничего не нашлось</p>` : nothing}
    </div>`;
  }
}
customElements.define('es-reference', EsReference);
