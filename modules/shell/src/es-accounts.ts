/** Accounts of the school: who may enter, with which roles; a new one-time code; closing and opening. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, query, send, type Problem, type Reference } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import { counted, language } from './language.js';
import { href } from './router.js';
import { day, moment } from './schema.js';
import './es-reference.js';

interface Account {
  id: number;
  login: string;
  name: string;
  roles: string[];
  second_factor: boolean;
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

interface Why {
  registry: string;
  allowed: boolean;
  verdict: string;
  reasons: { role: string; relation: string; level: string; holds: boolean }[];
}

export class EsAccounts extends PageElement {
  static override properties = {
    accounts: { state: true },
    roles: { state: true },
    registries: { state: true },
    visits: { state: true },
    why: { state: true },
    open: { state: true },
    grants: { state: true },
    issued: { state: true },
    text: { state: true },
    never: { state: true },
    problem: { state: true },
  };
  declare accounts: Account[] | null;
  /** Label by id: the product's roles and the school's own. */
  declare roles: Record<string, string>;
  declare registries: { id: string; label: string }[];
  declare visits: { created_at: string; last_seen_at: string; remote: string }[];
  declare why: Why | null;
  declare open: number;
  declare grants: Grant[];
  declare issued: Issued | null;
  declare text: string;
  declare never: boolean;
  declare problem: Problem | null;

  constructor() {
    super();
    this.accounts = null;
    this.roles = {};
    this.registries = [];
    this.visits = [];
    this.why = null;
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
    this.watch([], () => void this.load());
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
      if (!Object.keys(this.roles).length)
        this.roles = Object.fromEntries((await get<{ items: { id: string; label: string }[] }>('roles')).items.map((one) => [one.id, one.label]));
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
      this.why = null;
      if (this.open && !this.registries.length) this.registries = (await get<{ items: { id: string; label: string }[] }>('schemas')).items;
      if (this.open) this.visits = (await get<{ items: { created_at: string; last_seen_at: string; remote: string }[] }>(`accounts/${account.id}/sessions`)).items;
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
      if (!confirm(`Прекратить роль «${this.roles[grant.role] ?? grant.role}» у ${account.login}?`)) return;
      await send('DELETE', `grants/${grant.id}`);
      this.open = 0;
      await this.show(account);
    });
  }

  private ask(event: SubmitEvent, account: Account): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    return this.attempt(async () => {
      this.why = await get<Why>(`explain${query({ account: account.id, registry: String(data.get('registry')), action: String(data.get('action')), id: String(data.get('id') ?? '') })}`);
    });
  }

  private signOut(account: Account): Promise<void> {
    return this.attempt(async () => {
      await send('DELETE', `accounts/${account.id}/sessions`);
      tell(`Сеансы ${account.login} закрыты`);
      this.visits = [];
    });
  }

  private dropFactor(account: Account): Promise<void> {
    return this.attempt(async () => {
      if (!confirm(`Снять второй фактор у ${account.login}? Войти можно будет по одному паролю.`)) return;
      await send('DELETE', `accounts/${account.id}/second-factor`);
      tell('Второй фактор снят');
      await this.load();
    });
  }

  private roleChoice(): TemplateResult {
    return html`<label>Роль <select name="role" required><option value="">выберите роль</option>${Object.entries(this.roles).map(([id, label]) => html`<option value=${id}>${label}</option>`)}</select></label>`;
  }

  private details(account: Account): TemplateResult {
    return html`<tr class="details"><td colspan="5">
      <h3>Роли</h3>
      ${this.grants.length
        ? html`<ul>${this.grants.map((one) => html`<li>${this.roles[one.role] ?? one.role}: с ${day(one.from)}${one.until ? ` по ${day(one.until)}` : ''}${one.order ? `, приказ ${one.order}` : ''} <button class="quiet" aria-label="Прекратить роль ${this.roles[one.role] ?? one.role}" @click=${() => void this.end(account, one)}>Прекратить</button></li>`)}</ul>`
        : html`<p class="help">Ролей нет: войти можно, но увидеть нечего.</p>`}
      <form class="inline" @submit=${(event: SubmitEvent) => void this.grant(event, account)}>
        ${this.roleChoice()} <label>Приказ № <input name="order" /></label> <label>По <input name="until" type="date" /></label> <button>Назначить</button>
      </form>
      <h3>Почему это ему доступно или нет?</h3>
      <form class="inline" @submit=${(event: SubmitEvent) => void this.ask(event, account)}>
        <label>Реестр <select name="registry">${this.registries.map((one) => html`<option value=${one.id}>${one.label}</option>`)}</select></label>
        <label>№ записи <input name="id" inputmode="numeric" pattern="[0-9]*" size="6" /></label>
        <label>Действие <select name="action"><option value="read">видеть</option><option value="create">создавать</option><option value="update">менять</option><option value="archive">убирать в архив</option></select></label>
        <button class="quiet">Почему?</button>
      </form>
      ${this.why ? html`<div role="status"><p><strong>${this.why.registry}:</strong> ${this.why.verdict}</p><ul>${this.why.reasons.map((one) => html`<li>${one.holds ? '✓' : '✗'} ${one.role}: ${one.relation}</li>`)}</ul></div>` : nothing}
      <h3>Где вошёл</h3>
      ${this.visits.length
        ? html`<ul>${this.visits.map((one) => html`<li>с ${moment(one.created_at)}, в последний раз ${moment(one.last_seen_at)}, адрес ${one.remote}</li>`)}</ul><p><button class="quiet" @click=${() => void this.signOut(account)}>Закрыть все сеансы</button></p>`
        : html`<p class="help">Сеансов нет.</p>`}
      ${account.second_factor ? html`<p><button class="quiet" @click=${() => void this.dropFactor(account)}>Снять второй фактор</button></p>` : nothing}
    </td></tr>`;
  }

  override render(): TemplateResult {
    const wanted = this.text.toLocaleLowerCase(language);
    const name = (one: Account): string => one.name;
    const accounts = this.accounts?.filter((one) => (!this.never || !one.last_login_at) && `${one.login} ${name(one)}`.toLocaleLowerCase(language).includes(wanted));
    return html`<div class="heading"><h1>Учётные записи</h1><div class="actions"><a class="button quiet" href=${href('/issue')}>Выдать доступ многим</a></div><p class="count">${accounts ? counted(accounts.length, 'запись', 'записи', 'записей') : ''}</p></div>
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
                    <td data-label="Логин">${one.login}</td><td data-label="Кто">${name(one)}${one.roles.length ? html` <span class="help">${one.roles.join(', ')}</span>` : nothing}</td><td data-label="Последний вход">${one.last_login_at ? moment(one.last_login_at) : 'ни разу'}</td>
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
