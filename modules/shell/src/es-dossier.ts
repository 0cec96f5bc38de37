/** All that the school holds on one person, to print or to save; and the end of it, when the term has passed. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, send, type Problem, type Row, type Session } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import { counted } from './language.js';
import { go, href, type Place } from './router.js';
import { actions, day, moment, shown, type Field } from './schema.js';

interface Section {
  registry: string;
  label: string;
  fields: Field[];
  records: Row[];
}
interface Dossier {
  person: number;
  display: string;
  made_at: string;
  by: string;
  roles: string[];
  sections: Section[];
  mentions: { registry: string; label: string; id: number; field: string; display: string }[];
  account: { login: string; created_at: string; last_login_at: string; roles: { role: string; from: string; until: string; order: string }[] } | null;
  history: { at: string; by: string; registry: string; action: string }[];
}
interface Expired {
  person: number;
  display: string;
  roles: string[];
}

export class EsDossier extends PageElement {
  static override properties = { place: { attribute: false }, session: { attribute: false }, whole: { state: true }, problem: { state: true } };
  declare place: Place;
  declare session: Session;
  declare whole: Dossier | null;
  declare problem: Problem | null;

  constructor() {
    super();
    this.whole = null;
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('place')) void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      this.whole = await get<Dossier>(`persons/${Number(this.place.path[1])}/dossier`);
      document.title = `Все сведения: ${this.whole.display} — Электронная школа`;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private saveFile(whole: Dossier): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(whole, null, 2)], { type: 'application/json' }));
    link.download = `Сведения ${whole.display}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  private async erase(event: SubmitEvent, whole: Dossier): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    if (!confirm(`Уничтожить данные: ${whole.display}? Вернуть их будет нельзя.`)) return;
    this.problem = null;
    try {
      const answer = await send<{ erased: number }>('POST', `persons/${whole.person}/erase`, { act: data.get('act'), before_term: data.get('before_term') === 'on' });
      tell(`Данные уничтожены: ${counted(answer.erased, 'запись', 'записи', 'записей')}`);
      go('/expired', true);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  override render(): TemplateResult {
    const whole = this.whole;
    if (!whole) return html`${problemCard(this.problem)}${this.problem ? nothing : skeleton()}`;
    return html`<div class="heading"><h1>Все сведения: ${whole.display}</h1>
        <div class="actions"><button @click=${() => print()}>Печать</button> <button class="quiet" @click=${() => this.saveFile(whole)}>Сохранить файлом</button></div></div>
      <p class="help">Составлено ${moment(whole.made_at)}. Роли: ${whole.roles.join(', ') || 'нет'}.</p>
      ${problemCard(this.problem)}
      ${whole.sections.map(
        (section) => html`<section class="card"><h2>${section.label}</h2>
          ${section.records.map((row) => html`<dl>${section.fields.filter((one) => shown(one, row[one.name]) !== '').map((one) => html`<div><dt>${one.label}</dt><dd>${shown(one, row[one.name])}</dd></div>`)}</dl>`)}
        </section>`,
      )}
      ${whole.account
        ? html`<section class="card"><h2>Учётная запись</h2><p>Логин ${whole.account.login}, создана ${moment(whole.account.created_at)}${whole.account.last_login_at ? `, последний вход ${moment(whole.account.last_login_at)}` : ''}</p>
            <ul>${whole.account.roles.map((one) => html`<li>${one.role}: с ${day(one.from)}${one.until ? ` по ${day(one.until)}` : ''}</li>`)}</ul></section>`
        : nothing}
      ${whole.mentions.length ? html`<section class="card"><h2>Упоминается</h2><ul>${whole.mentions.map((one) => html`<li>${one.label}: ${one.display} (${one.field})</li>`)}</ul></section>` : nothing}
      <section class="card"><h2>Кто и когда менял</h2><ul class="history">${whole.history.map((one) => html`<li>${moment(one.at)}: ${one.registry}, ${actions[one.action] ?? one.action}, ${one.by}</li>`)}</ul></section>
      ${this.session.capabilities.includes('persons.erase')
        ? html`<details class="card actions-danger"><summary>Уничтожить данные</summary>
            <p>Имя, документы, связи, история изменений и логин будут стёрты; останутся номера записей. Делается по акту, когда человек выбыл и срок хранения истёк.</p>
            <form class="inline" @submit=${(event: SubmitEvent) => void this.erase(event, whole)}>
              <label>Акт об уничтожении <input name="act" required placeholder="№ 3 от 25.11.2026" /></label>
              <label class="check"><input type="checkbox" name="before_term" /> раньше срока: согласие отозвано или внесён по ошибке</label>
              <button>Уничтожить</button></form></details>`
        : nothing}`;
  }
}
customElements.define('es-dossier', EsDossier);

export class EsExpired extends PageElement {
  static override properties = { items: { state: true }, problem: { state: true } };
  declare items: Expired[] | null;
  declare problem: Problem | null;

  constructor() {
    super();
    this.items = null;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Срок хранения — Электронная школа';
    get<{ items: Expired[] }>('persons/expired').then(
      (found) => (this.items = found.items),
      (error: unknown) => (this.problem = problemOf(error)),
    );
  }

  override render(): TemplateResult {
    return html`<h1>Срок хранения истёк</h1>
      <p>Люди, которые выбыли и чьи персональные данные школе больше не нужны.</p>
      ${problemCard(this.problem)}
      ${this.items === null
        ? this.problem ? nothing : skeleton(3)
        : !this.items.length
          ? html`<div class="card empty"><p>Таких нет: всё, что хранится, ещё нужно.</p></div>`
          : html`<ul class="plain">${this.items.map((one) => html`<li class="card"><a href=${href(`/dossier/${one.person}`)}>${one.display}</a> <span class="help">${one.roles.join(', ')}</span></li>`)}</ul>`}`;
  }
}
customElements.define('es-expired', EsExpired);
