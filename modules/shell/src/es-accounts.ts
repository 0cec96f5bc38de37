/** Accounts of the school: who may enter, with which roles; a new one-time code; closing and opening. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, query, send, type Page, type Problem, type Reference } from './api.js';
import { PageElement, counted, problemCard, problemOf, skeleton, tell } from './element.js';
import { day, moment } from './schema.js';
import './es-reference.js';

interface Account {
  id: number;
  login: string;
  enabled: boolean;
  must_change_password: boolean;
  person: number | null;
  last_login_at: string | null;
}
interface Grant {
  id: number;
  role: string;
  from: string;
  until: string | null;
  order: string;
}
/** A code is shown once: the server keeps no more than its hash. */
interface Issued {
  login: string;
  one_time_password: string;
}

const roles: Record<string, string> = {
  administrator: 'Администратор учреждения',
  director: 'Директор',
  deputy: 'Заместитель директора',
  sysadmin: 'Системный администратор',
  homeroom_teacher: 'Классный руководитель',
  teacher: 'Учитель',
  operator: 'Оператор',
  hr: 'Отдел кадров',
  student: 'Ученик',
  guardian: 'Родитель',
};

export class EsAccounts extends PageElement {
  static override properties = {
    accounts: { state: true },
    names: { state: true },
    open: { state: true },
    grants: { state: true },
    issued: { state: true },
    text: { state: true },
    never: { state: true },
    problem: { state: true },
  };
  declare accounts: Account[] | null;
  declare names: Map<number, string>;
  declare open: number;
  declare grants: Grant[];
  declare issued: Issued | null;
  declare text: string;
  declare never: boolean;
  declare problem: Problem | null;

  constructor() {
    super();
    this.accounts = null;
    this.names = new Map();
    this.open = 0;
    this.grants = [];
    this.issued = null;
    this.text = '';
    this.never = false;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Учётные записи — Электронная школа';
    void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      const all: Account[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const page: { items: Account[]; next: string | null } = await get(`accounts${query({ after })}`);
        all.push(...page.items);
        after = page.next;
      }
      this.accounts = all;
      const people = all.map((one) => one.person).filter((id): id is number => id !== null && !this.names.has(id));
      const names = new Map(this.names);
      for (let i = 0; i < people.length; i += 200) {
        const part = people.slice(i, i + 200);
        const page = await get<Page>(`records/people.person${query({ filter: `id in (${part.join(',')})`, fields: 'surname,given_name,patronymic', limit: 200 })}`);
        for (const row of page.items) names.set(row.id, [row.surname, row.given_name, row.patronymic].filter(Boolean).join(' '));
      }
      this.names = names;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async attempt(action: () => Promise<unknown>): Promise<void> {
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private reset(account: Account): Promise<void> {
    return this.attempt(async () => {
      if (!confirm(`Выдать новый код для ${account.login}? Прежний пароль перестанет действовать.`)) return;
      this.issued = await send<Issued>('POST', `accounts/${account.id}/reset`, {});
      await this.load();
      scrollTo(0, 0);
    });
  }

  private set(account: Account, enabled: boolean): Promise<void> {
    return this.attempt(async () => {
      await send('PATCH', `accounts/${account.id}`, { enabled });
      tell(enabled ? `Запись ${account.login} открыта` : `Запись ${account.login} закрыта`, { label: 'Отменить', run: () => void this.set(account, !enabled) });
      await this.load();
    });
  }

  private show(account: Account): Promise<void> {
    return this.attempt(async () => {
      this.open = this.open === account.id ? 0 : account.id;
      if (this.open) this.grants = (await get<{ items: Grant[] }>(`accounts/${account.id}/grants`)).items;
    });
  }

  private create(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const person = form.querySelector<HTMLElement & { value: Reference | null }>('es-reference')?.value;
    return this.attempt(async () => {
      this.issued = await send<Issued>('POST', 'accounts', { login: data.get('login'), role: data.get('role'), ...(person ? { person: person.id } : {}) });
      form.reset();
      await this.load();
      scrollTo(0, 0);
    });
  }

  private grant(event: SubmitEvent, account: Account): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    return this.attempt(async () => {
      await send('POST', `accounts/${account.id}/grants`, { role: data.get('role'), order: data.get('order'), ...(data.get('until') ? { until: data.get('until') } : {}) });
      tell('Роль назначена');
      this.open = 0;
      await this.show(account);
    });
  }

  private end(account: Account, grant: Grant): Promise<void> {
    return this.attempt(async () => {
      if (!confirm(`Прекратить роль «${roles[grant.role] ?? grant.role}» у ${account.login}?`)) return;
      await send('DELETE', `grants/${grant.id}`);
      this.open = 0;
      await this.show(account);
    });
  }

  private roleChoice(): TemplateResult {
    return html`<label>Роль <select name="role" required>${Object.entries(roles).map(([id, label]) => html`<option value=${id}>${label}</option>`)}</select></label>`;
  }

  private details(account: Account): TemplateResult {
    return html`<tr class="details"><td colspan="5">
      <h3>Роли</h3>
      ${this.grants.length
        ? html`<ul>${this.grants.map((one) => html`<li>${roles[one.role] ?? one.role}: с ${day(one.from)}${one.until ? ` по ${day(one.until)}` : ''}${one.order ? `, приказ ${one.order}` : ''} <button class="quiet" aria-label="Прекратить роль ${roles[one.role] ?? one.role}" @click=${() => void this.end(account, one)}>Прекратить</button></li>`)}</ul>`
        : html`<p class="help">Ролей нет: войти можно, но увидеть нечего.</p>`}
      <form class="inline" @submit=${(event: SubmitEvent) => void this.grant(event, account)}>
        ${this.roleChoice()} <label>Приказ <input name="order" placeholder="№ и дата" /></label> <label>По <input name="until" type="date" /></label> <button>Назначить</button>
      </form>
    </td></tr>`;
  }

  override render(): TemplateResult {
    const wanted = this.text.toLocaleLowerCase('ru');
    const name = (one: Account): string => (one.person ? (this.names.get(one.person) ?? '') : '');
    const accounts = this.accounts?.filter((one) => (!this.never || !one.last_login_at) && `${one.login} ${name(one)}`.toLocaleLowerCase('ru').includes(wanted));
    return html`<div class="heading"><h1>Учётные записи</h1><p class="count">${accounts ? counted(accounts.length, 'запись', 'записи', 'записей') : ''}</p></div>
      ${problemCard(this.problem)}
      ${this.issued
        ? html`<div class="card code" role="status"><p>Код для <strong>${this.issued.login}</strong>, показывается один раз:</p><p class="secret">${this.issued.one_time_password}</p>
            <p class="help">При входе его вводят вместо пароля и сразу придумывают свой.</p>
            <div class="actions"><button class="quiet" @click=${() => print()}>Напечатать</button> <button class="quiet" @click=${() => (this.issued = null)}>Убрать с экрана</button></div></div>`
        : nothing}
      <details class="card"><summary>Новая учётная запись</summary>
        <form class="inline" @submit=${(event: SubmitEvent) => void this.create(event)}>
          <label>Логин <input name="login" required autocomplete="off" /></label>
          <div class="labelled"><label for="account-person">Кому</label><es-reference .inputId=${'account-person'} .target=${'people.person'}></es-reference></div>
          ${this.roleChoice()} <button>Создать и показать код</button>
        </form>
      </details>
      <div class="toolbar">
        <input type="search" aria-label="Искать по логину и имени" placeholder="Искать" @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value.trim())} />
        <label class="check"><input type="checkbox" @change=${(event: Event) => (this.never = (event.target as HTMLInputElement).checked)} /> ни разу не входили</label>
      </div>
      ${this.accounts === null || !accounts
        ? this.problem
          ? nothing
          : skeleton()
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Учётные записи"><table>
            <thead><tr><th scope="col">Логин</th><th scope="col">Кто</th><th scope="col">Последний вход</th><th scope="col">Состояние</th><th><span class="unseen">Действия</span></th></tr></thead>
            <tbody>
              ${accounts.map(
                (one) => html`<tr>
                    <td data-label="Логин">${one.login}</td><td data-label="Кто">${name(one)}</td><td data-label="Последний вход">${one.last_login_at ? moment(one.last_login_at) : 'ни разу'}</td>
                    <td data-label="Состояние">${!one.enabled ? 'закрыта' : one.must_change_password ? 'ждёт первого входа' : 'действует'}</td>
                    <td class="row-actions">
                      <button class="quiet" aria-expanded=${this.open === one.id ? 'true' : 'false'} aria-label="Роли: ${one.login}" @click=${() => void this.show(one)}>Роли</button>
                      <button class="quiet" aria-label="Новый код: ${one.login}" @click=${() => void this.reset(one)}>Новый код</button>
                      <button class="quiet" aria-label="${one.enabled ? 'Закрыть' : 'Открыть'}: ${one.login}" @click=${() => void this.set(one, !one.enabled)}>${one.enabled ? 'Закрыть' : 'Открыть'}</button>
                    </td>
                  </tr>
                  ${this.open === one.id ? this.details(one) : nothing}`,
              )}
            </tbody></table></div>`}`;
  }
}
customElements.define('es-accounts', EsAccounts);
