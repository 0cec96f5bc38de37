/** The quick search over all that the person reads, from every page by Ctrl+K. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, query, type Session } from './api.js';
import { PageElement, freshId } from './element.js';
import { go } from './router.js';

interface Hit {
  registry: string;
  kind: string;
  id: number;
  text: string;
}

export class EsSearch extends PageElement {
  static override properties = { session: { attribute: false }, hits: { state: true }, active: { state: true }, asked: { state: true } };
  declare session: Session;
  declare hits: Hit[];
  declare active: number;
  declare asked: string;
  private readonly list = freshId('found');
  private timer = 0;
  private readonly hotkey = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.code === 'KeyK') {
      event.preventDefault();
      this.querySelector('input')?.focus();
    }
  };

  constructor() {
    super();
    this.hits = [];
    this.active = 0;
    this.asked = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('keydown', this.hotkey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.hotkey);
  }

  private typed(event: Event): void {
    const text = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.timer);
    if (text.length < 2) {
      this.hits = [];
      this.asked = '';
      return;
    }
    this.timer = setTimeout(() => void this.look(text), 150) as unknown as number;
  }

  private async look(text: string): Promise<void> {
    let found: Hit[];
    try {
      found = (await get<{ items: { registry: string; label: string; id: number; display: string }[] }>(`search${query({ q: text })}`)).items.map((one) => ({ registry: one.registry, kind: one.label, id: one.id, text: one.display }));
    } catch {
      return; // the next letter asks again
    }
    if (this.querySelector('input')?.value.trim() !== text) return;
    this.hits = found;
    this.active = 0;
    this.asked = text;
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.active = (this.active + step + this.hits.length) % Math.max(1, this.hits.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const hit = this.hits[this.active];
      if (hit) this.open(hit);
    } else if (event.key === 'Escape') {
      this.close();
    }
  }

  private open(hit: Hit): void {
    this.close();
    go(`/r/${hit.registry}/${hit.id}`);
  }

  private close(): void {
    const input = this.querySelector('input');
    if (input) input.value = '';
    this.hits = [];
    this.asked = '';
  }

  override render(): TemplateResult {
    const open = this.asked !== '';
    return html`<div class="search" @focusout=${(event: FocusEvent) => {
      if (!(event.relatedTarget instanceof Node && this.contains(event.relatedTarget))) this.asked = '';
    }}>
      <input
        type="search"
        placeholder="Найти человека, класс, запись"
        title="Ctrl+K"
        aria-keyshortcuts="Control+K"
        aria-label="Быстрый поиск"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded=${open ? 'true' : 'false'}
        aria-controls=${this.list}
        aria-activedescendant=${open && this.hits.length ? `${this.list}-${this.active}` : nothing}
        autocomplete="off"
        @input=${this.typed}
        @keydown=${this.key}
      />
      <ul id=${this.list} role="listbox" aria-label="Найденное" class="card" ?hidden=${!open || !this.hits.length}>
        ${this.hits.map(
          (hit, i) => html`<li id="${this.list}-${i}" role="option" aria-selected=${i === this.active ? 'true' : 'false'} @mousedown=${(event: Event) => {
            event.preventDefault();
            this.open(hit);
          }}>
            ${hit.text} <span class="help">${hit.kind}</span>
          </li>`,
        )}
      </ul>
      ${open && !this.hits.length ? html`<p class="card nothing" role="status">Ничего не нашлось: проверьте написание</p>` : nothing}
    </div>`;
  }
}
customElements.define('es-search', EsSearch);
