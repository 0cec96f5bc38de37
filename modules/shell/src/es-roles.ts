/** Who may do what: the table of roles and rights, the grants of a school year, last year's as drafts, roles of one's own. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, query, send, type Page, type Problem, type Session } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import { counted } from './language.js';
import { day } from './schema.js';

interface RoleRights {
  registry: string;
  label: string;
  level: Level;
  actions: Partial<Record<'read' | 'create' | 'update' | 'archive', string[]>>;
}
interface Role {
  id: string;
  label: string;
  description: string;
  held_as: string;
  yearly: boolean;
  second_factor: boolean;
  own: boolean;
  capabilities: string[];
  rights: RoleRights[];
}
interface Grant {
  id: number;
  account: number;
  login: string;
  name: string;
  role_label: string;
  order?: string;
  order_date?: string;
  from?: string;
  until?: string | null;
  class: string | null;
  class_before?: string | null;
}
interface YearGrants {
  year: { id: number; display: string } | null;
  items: Grant[];
  drafts: Grant[];
}
type Level = 'public' | 'staff' | 'personal' | 'special';
/** As etc/roles.json writes a role. */
interface Definition {
  label: string;
  description: string;
  capabilities: string[];
  rights: Record<string, Record<string, unknown>[]>;
  [key: string]: unknown;
}

const levels: Record<Level, string> = { public: 'общие сведения', staff: 'служебные', personal: 'личные', special: 'особые' };
const capabilities: Record<string, string> = {
  import: 'загрузка из Excel', export: 'выгрузка', history: 'история изменений', audit: 'журнал безопасности', backup: 'копии', 'plugins.manage': 'модули',
  'accounts.manage': 'учётные записи', 'accounts.issue': 'выдача доступа', 'roles.grant': 'назначение ролей', 'persons.merge': 'объединение персон', 'imports.undo': 'отмена чужих загрузок',
  'persons.dossier': 'все сведения о человеке', 'persons.erase': 'уничтожение данных', 'people.duplicates': 'поиск двойников',
};

export class EsRoles extends PageElement {
  static override properties = {
    session: { attribute: false },
    roles: { state: true },
    grants: { state: true },
    years: { state: true },
    classes: { state: true },
    role: { state: true },
    draft: { state: true },
    draftId: { state: true },
    problem: { state: true },
  };
  declare session: Session;
  declare roles: Role[] | null;
  declare grants: YearGrants | null;
  declare years: { id: number; name: string; starts_on: string }[];
  declare classes: { id: number; name: string; year: number }[];
  /** The one whose rights are shown. */
  declare role: string;
  declare draft: Definition | null;
  declare draftId: string;
  declare problem: Problem | null;

  constructor() {
    super();
    this.roles = null;
    this.grants = null;
    this.years = [];
    this.classes = [];
    this.role = '';
    this.draft = null;
    this.draftId = '';
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Роли — Электронная школа';
    void this.attempt(async () => {
      await this.loadRoles();
      const years = await get<Page>(`records/school.year${query({ fields: 'name,starts_on', sort: 'starts_on' })}`);
      this.years = years.items.map((one) => ({ id: one.id, name: String(one.name), starts_on: String(one.starts_on ?? '') }));
      const classes = await get<Page>(`records/school.class${query({ fields: 'name,year', limit: 500 })}`);
      this.classes = classes.items.map((one) => ({ id: one.id, name: String(one.name), year: (one.year as { id: number } | null)?.id ?? 0 }));
      await this.loadYear();
    });
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async loadRoles(): Promise<void> {
    this.roles = (await get<{ items: Role[] }>('roles')).items;
    if (!this.roles.some((one) => one.id === this.role)) this.role = this.roles[0]?.id ?? '';
  }

  private async loadYear(year?: number): Promise<void> {
    this.grants = await get<YearGrants>(`role-grants${query({ year })}`);
  }

  private get mayGrant(): boolean {
    return this.session.capabilities.includes('roles.grant');
  }

  private copy(to: number): Promise<void> {
    const before = [...this.years].filter((one) => one.starts_on < (this.years.find((year) => year.id === to)?.starts_on ?? '')).pop();
    return this.attempt(async () => {
      if (!before) return;
      const made = await send<{ drafts: number }>('POST', 'role-grants/drafts', { from: before.id, to });
      tell(made.drafts ? `В черновике ${counted(made.drafts, 'назначение', 'назначения', 'назначений')}` : 'Копировать нечего: всё уже назначено');
      await this.loadYear(to);
    });
  }

  private approve(event: SubmitEvent, year: number): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    return this.attempt(async () => {
      await send('POST', 'role-grants/approve', { year, order: data.get('order'), order_date: data.get('order_date') });
      tell('Роли года утверждены');
      await this.loadYear(year);
    });
  }

  private async begin(): Promise<void> {
    await this.attempt(async () => {
      const definition = await get<Definition & { id: string; own: boolean }>(`roles/${this.role}`);
      this.draftId = definition.own ? definition.id : '';
      this.draft = definition.own ? definition : { ...definition, label: `${definition.label} (своя)` };
      await this.updateComplete;
      const form = this.querySelector<HTMLElement>('form.role');
      form?.querySelector<HTMLElement>('input')?.focus({ preventScroll: true });
      form?.scrollIntoView({ block: 'start' });
    });
  }

  private save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const definition = this.draft;
    return this.attempt(async () => {
      if (!definition) return;
      const id = this.draftId || `own.${String(data.get('id'))}`;
      for (const [registry, rights] of Object.entries(definition.rights)) {
        const kept = data.get(`right:${registry}`);
        if (kept === 'none') definition.rights[registry] = [{}];
        else if (kept === 'read') definition.rights[registry] = rights.map((one) => ({ ...(one.read ? { read: one.read, reads: one.reads } : {}), ...(one.where ? { where: one.where } : {}) }));
      }
      const { id: ignored, own, ...body } = definition;
      void ignored;
      void own;
      await send('PUT', `roles/${id}`, { ...body, label: data.get('label'), description: data.get('description'), capabilities: data.getAll('capability'), ...(data.getAll('capability').includes('accounts.issue') ? {} : { issues: [] }), imports: data.getAll('capability').includes('import') && (definition.imports as string[] | undefined)?.length ? definition.imports : undefined });
      tell('Роль сохранена и действует');
      this.draft = null;
      this.role = id;
      await this.loadRoles();
    });
  }

  private drop(): Promise<void> {
    return this.attempt(async () => {
      if (!confirm('Удалить эту роль?')) return;
      await send('DELETE', `roles/${this.role}`);
      tell('Роль удалена');
      await this.loadRoles();
    });
  }

  private editor(definition: Definition): TemplateResult {
    const label = (registry: string): string => this.roles?.flatMap((one) => one.rights).find((one) => one.registry === registry)?.label ?? registry;
    return html`<form class="card role" @submit=${(event: SubmitEvent) => void this.save(event)}>
      <h2>${this.draftId ? 'Изменить свою роль' : 'Своя роль по образцу'}</h2>
      <div class="fields">
        ${this.draftId ? nothing : html`<div class="field"><label for="role-id">Обозначение латиницей</label><input id="role-id" name="id" required pattern="[a-z0-9_]{1,36}" placeholder="librarian" /></div>`}
        <div class="field"><label for="role-label">Название</label><input id="role-label" name="label" required .value=${definition.label} /></div>
        <div class="field wide"><label for="role-description">Что видит и делает</label><textarea id="role-description" name="description" .value=${definition.description}></textarea></div>
      </div>
      <fieldset><legend>Действия</legend>${definition.capabilities.map((one) => html`<label class="check"><input type="checkbox" name="capability" value=${one} checked /> ${capabilities[one] ?? one}</label> `)}</fieldset>
      <h3>Реестры</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Права по реестрам"><table><thead><tr><th scope="col">Реестр</th><th scope="col">Доступ</th></tr></thead><tbody>
        ${Object.entries(definition.rights)
          .filter(([, rights]) => rights.some((one) => one.read))
          .map(([registry, rights]) => {
            const writes = rights.some((one) => one.create || one.update || one.archive);
            return html`<tr><td data-label="Реестр">${label(registry)}</td><td data-label="Доступ"><select name="right:${registry}" aria-label=${label(registry)}>
              <option value="same">${writes ? 'видит и меняет, как образец' : 'видит, как образец'}</option>${writes ? html`<option value="read">только видит</option>` : nothing}<option value="none">не видит</option></select></td></tr>`;
          })}
      </tbody></table></div>
      <div class="actions"><button>Сохранить роль</button> <button type="button" class="quiet" @click=${() => (this.draft = null)}>Отмена</button></div>
    </form>`;
  }

  private table(roles: Role[]): TemplateResult {
    const role = roles.find((one) => one.id === this.role) ?? roles[0];
    if (!role) return html``;
    const relation = (list?: string[]): string => (list ? (list.includes('все') ? 'все' : list.join('; ')) : '—');
    return html`<section class="card"><h2>Роли и права</h2>
      <div class="toolbar"><label>Роль <select name="shown" @change=${(event: Event) => (this.role = (event.target as HTMLSelectElement).value)}>${roles.map((one) => html`<option value=${one.id} ?selected=${one.id === role.id}>${one.label}${one.own ? ' (своя)' : ''}</option>`)}</select></label>
        ${this.mayGrant ? html`<button class="quiet" @click=${() => void this.begin()}>${role.own ? 'Изменить' : 'Своя роль по этому образцу'}</button>${role.own ? html`<button class="quiet" @click=${() => void this.drop()}>Удалить</button>` : nothing}` : nothing}</div>
      <p>${role.description}</p>
      <p class="help">${role.yearly ? 'Назначается приказом на учебный год. ' : ''}${role.second_factor ? 'Просит второй фактор. ' : ''}${role.capabilities.length ? `Действия: ${role.capabilities.map((one) => capabilities[one] ?? one).join(', ')}.` : ''}</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Права роли"><table>
        <thead><tr><th scope="col">Реестр</th><th scope="col">Видит чьи</th><th scope="col">Создаёт</th><th scope="col">Меняет</th><th scope="col">В архив</th><th scope="col">Сведения</th></tr></thead>
        <tbody>${role.rights.map((one) => html`<tr><td data-label="Реестр">${one.label}</td><td data-label="Видит чьи">${relation(one.actions.read)}</td><td data-label="Создаёт">${relation(one.actions.create)}</td><td data-label="Меняет">${relation(one.actions.update)}</td><td data-label="В архив">${relation(one.actions.archive)}</td><td data-label="Сведения">${levels[one.level]}</td></tr>`)}</tbody>
      </table></div></section>`;
  }

  private drafts(grants: YearGrants): TemplateResult | typeof nothing {
    const year = grants.year;
    if (!year || !this.mayGrant) return nothing;
    const earlier = this.years.some((one) => one.starts_on && one.starts_on < (this.years.find((other) => other.id === year.id)?.starts_on ?? ''));
    return html`${grants.drafts.length
        ? html`<section class="card"><h2>Черновик: ещё не действует</h2>
            <ul class="plain">${grants.drafts.map(
              (one) => html`<li>${one.name || one.login}: ${one.role_label}
                ${one.class_before
                  ? html`<label>был ${one.class_before}, теперь <select @change=${(event: Event) => void this.attempt(async () => { await send('PATCH', `role-grants/drafts/${one.id}`, { class: Number((event.target as HTMLSelectElement).value) || null }); await this.loadYear(year.id); })}>
                      <option value="0">выберите класс</option>${this.classes.filter((item) => !item.year || item.year === year.id).map((item) => html`<option value=${item.id} ?selected=${item.name === one.class}>${item.name}</option>`)}</select></label>`
                  : nothing}
                <button class="quiet" aria-label="Убрать: ${one.name || one.login}" @click=${() => void this.attempt(async () => { await send('DELETE', `role-grants/drafts/${one.id}`); await this.loadYear(year.id); })}>Убрать</button></li>`,
            )}</ul>
            <form class="inline" @submit=${(event: SubmitEvent) => void this.approve(event, year.id)}><label>Приказ № <input name="order" required /></label> <label>от <input name="order_date" type="date" required /></label> <button>Утвердить роли года</button></form></section>`
        : earlier
          ? html`<p><button class="quiet" @click=${() => void this.copy(year.id)}>Скопировать назначения прошлого года</button></p>`
          : nothing}`;
  }

  private year(grants: YearGrants): TemplateResult {
    return html`<section class="card"><h2>Назначения учебного года</h2>
      <div class="toolbar"><label>Год <select @change=${(event: Event) => void this.attempt(() => this.loadYear(Number((event.target as HTMLSelectElement).value)))}>${this.years.map((one) => html`<option value=${one.id} ?selected=${one.id === grants.year?.id}>${one.name}</option>`)}</select></label></div>
      ${this.drafts(grants)}
      ${grants.items.length
        ? html`<div class="scroll" tabindex="0" role="region" aria-label="Назначения"><table>
            <thead><tr><th scope="col">Кто</th><th scope="col">Роль</th><th scope="col">Класс</th><th scope="col">Приказ</th><th scope="col">Срок</th></tr></thead>
            <tbody>${grants.items.map((one) => html`<tr><td data-label="Кто">${one.name || one.login}</td><td data-label="Роль">${one.role_label}</td><td data-label="Класс">${one.class ?? ''}</td><td data-label="Приказ">${one.order ? `№ ${one.order}${one.order_date ? ` от ${day(one.order_date)}` : ''}` : ''}</td><td data-label="Срок">с ${day(one.from ?? '')}${one.until ? ` по ${day(one.until)}` : ''}</td></tr>`)}</tbody></table></div>`
        : html`<p class="help">На этот год никому ничего не назначено.</p>`}</section>`;
  }

  override render(): TemplateResult {
    return html`<h1>Роли</h1>
      ${problemCard(this.problem)}
      ${this.grants ? this.year(this.grants) : this.problem ? nothing : skeleton()}
      ${this.roles ? this.table(this.roles) : nothing}
      ${this.draft ? this.editor(this.draft) : nothing}`;
  }
}
customElements.define('es-roles', EsRoles);
