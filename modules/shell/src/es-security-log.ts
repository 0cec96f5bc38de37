/** Sign-ins and refusals, passwords, rights, exports, cards opened: who did what to whose account, and from where. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, query, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, skeleton } from './element.js';
import { go, href, type Place } from './router.js';
import { day, moment } from './schema.js';

interface Entry {
  id: number;
  at: string;
  deed: string;
  label: string;
  login: string;
  name: string;
  by: string | null;
  by_name: string;
  remote: string;
  detail: string;
}
interface Log {
  items: Entry[];
  next: number | null;
  deeds: { id: string; label: string }[];
}

/** What the log is narrowed by stands in the address under these names, as the server takes them. */
const narrowing = ['deed', 'login', 'remote', 'from', 'to'] as const;
type Narrowing = (typeof narrowing)[number];

export class EsSecurityLog extends PageElement {
  static override properties = { place: { attribute: false }, items: { state: true }, deeds: { state: true }, next: { state: true }, problem: { state: true } };
  declare place: Place;
  declare items: Entry[] | null;
  declare deeds: { id: string; label: string }[];
  declare next: number | null;
  declare problem: Problem | null;

  constructor() {
    super();
    this.items = null;
    this.deeds = [];
    this.next = null;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Журнал безопасности — Электронная школа';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('place')) return;
    this.items = null;
    void this.load();
  }

  private async load(more = false): Promise<void> {
    const place = this.place;
    this.problem = null;
    try {
      const page = await get<Log>(`security-log${query({ ...this.narrowed(), limit: 100, ...(more && this.next ? { before: this.next } : {}) })}`);
      if (place !== this.place) return;
      this.items = more ? [...(this.items ?? []), ...page.items] : page.items;
      this.next = page.next;
      this.deeds = page.deeds;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private narrowed(): Partial<Record<Narrowing, string>> {
    return Object.fromEntries(narrowing.map((name) => [name, this.place.query.get(name)?.trim()]).filter(([, value]) => value)) as Partial<Record<Narrowing, string>>;
  }

  /** The address with one of them set anew; "" takes it away. */
  private with(name: Narrowing, value: string): string {
    return `/security-log${query({ ...this.narrowed(), [name]: value.trim() || undefined })}`;
  }

  private words(name: Narrowing, value: string): string {
    switch (name) {
      case 'deed':
        return this.deeds.find((one) => one.id === value)?.label ?? value;
      case 'login':
        return `Логин: ${value}`;
      case 'remote':
        return `Откуда: ${value}`;
      case 'from':
        return `С ${day(value)}`;
      case 'to':
        return `По ${day(value)}`;
    }
  }

  /** A login leads to all that was done to it and by it. */
  private account(login: string, name: string): TemplateResult | typeof nothing {
    if (!login) return nothing;
    return html`<a href=${href(this.with('login', login))} title="Показать всё об этом логине">${login}</a>${name ? html` <span class="help">${name}</span>` : nothing}`;
  }

  private rows(items: Entry[]): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="События"><table>
        <thead><tr><th scope="col">Когда</th><th scope="col">Что</th><th scope="col">Чья запись</th><th scope="col">Кто</th><th scope="col">Откуда</th><th scope="col">Подробности</th></tr></thead>
        <tbody>${items.map(
          (one) => html`<tr><td data-label="Когда">${moment(one.at)}</td><td data-label="Что">${one.label}</td><td data-label="Чья запись">${this.account(one.login, one.name)}</td><td data-label="Кто">${one.by && one.by !== one.login ? this.account(one.by, one.by_name) : (one.by ?? '')}</td><td data-label="Откуда">${one.remote ? html`<a href=${href(this.with('remote', one.remote))} title="Показать всё с этого адреса">${one.remote}</a>` : nothing}</td><td data-label="Подробности">${one.detail}</td></tr>`,
        )}</tbody></table></div>
      ${this.next ? html`<p class="more"><button class="quiet" @click=${() => void this.load(true)}>Показать раньше</button></p>` : nothing}`;
  }

  override render(): TemplateResult {
    const narrowed = this.narrowed();
    const set = (name: Narrowing) => (event: Event) => go(this.with(name, (event.target as HTMLInputElement).value));
    const chips = narrowing.filter((name) => narrowed[name]);
    return html`<h1>Журнал безопасности</h1>
      <div class="toolbar">
        <label>Что <select @change=${set('deed')}>
          <option value="">всё</option>${this.deeds.map((one) => html`<option value=${one.id} ?selected=${one.id === narrowed.deed}>${one.label}</option>`)}
        </select></label>
        <label>Логин <input name="login" .value=${narrowed.login ?? ''} autocomplete="off" spellcheck="false" @change=${set('login')} /></label>
        <label>Откуда <input name="remote" .value=${narrowed.remote ?? ''} placeholder="192.168.1.20" autocomplete="off" spellcheck="false" @change=${set('remote')} /></label>
        <label>С <input name="from" type="date" .value=${narrowed.from ?? ''} @change=${set('from')} /></label>
        <label>По <input name="to" type="date" .value=${narrowed.to ?? ''} @change=${set('to')} /></label>
      </div>
      ${chips.length
        ? html`<ul class="chips" aria-label="Условия журнала">${chips.map((name) => {
            const text = this.words(name, narrowed[name] ?? '');
            return html`<li><a class="button quiet" aria-label="Убрать условие «${text}»" href=${href(this.with(name, ''))}>${text} <span aria-hidden="true">×</span></a></li>`;
          })}</ul>`
        : nothing}
      ${problemCard(this.problem, () => void this.load())}
      ${this.items === null
        ? this.problem ? nothing : skeleton()
        : this.items.length
          ? this.rows(this.items)
          : html`<div class="card empty"><p>${chips.length ? html`Таких событий не было. <a href=${href('/security-log')}>Показать все</a>` : 'Событий ещё не было.'}</p></div>`}`;
  }
}
customElements.define('es-security-log', EsSecurityLog);
