/** The frame of all pages: who is signed in, the menu, the page that the address names. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, onSignedOut, query, remember, send, type Problem, type Session } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, type Notice } from './element.js';
import { connect, disconnect } from './live.js';
import { forgetRegistries } from './schema.js';
import { dropGuards, go, here, href, mayLeave, unsaved, watchLinks, type Place } from './router.js';
import './es-home.js';
import './es-password.js';
import './es-record.js';
import './es-search.js';
import './es-sign-in.js';
import './es-table.js';

interface MenuItem {
  registry: string;
  label: string;
}
interface Menu {
  school: string;
  groups: { id: string; label: string; items: MenuItem[]; folded?: boolean }[];
}

/** Pages of the shell itself: whom they are for, and the module that is loaded when one is opened. */
interface Tool {
  path: string;
  label: string;
  capability: string;
  /** Opened from elsewhere, not from the menu. */
  hidden?: boolean;
  load: () => Promise<unknown>;
  page: (app: { session: Session | null; menu: Menu | null; place: Place }) => TemplateResult;
}
const tools: Tool[] = [
  { path: 'completeness', label: 'Полнота данных', capability: 'history', load: () => import('./es-completeness.js'), page: (app) => html`<es-completeness .place=${app.place}></es-completeness>` },
  { path: 'import', label: 'Загрузка из Excel', capability: 'import', load: () => import('./es-import.js'), page: () => html`<es-import></es-import>` },
  { path: 'duplicates', label: 'Двойники', capability: 'people.duplicates', load: () => import('./es-duplicates.js'), page: () => html`<es-duplicates></es-duplicates>` },
  { path: 'issue', label: 'Выдать доступ', capability: 'accounts.issue', load: () => import('./es-issue.js'), page: (app) => html`<es-issue .session=${app.session}></es-issue>` },
  { path: 'accounts', label: 'Учётные записи', capability: 'accounts.manage', load: () => import('./es-accounts.js'), page: () => html`<es-accounts></es-accounts>` },
  { path: 'roles', label: 'Роли', capability: 'accounts.manage', load: () => import('./es-roles.js'), page: (app) => html`<es-roles .session=${app.session}></es-roles>` },
  { path: 'security-log', label: 'Журнал безопасности', capability: 'audit', load: () => import('./es-security-log.js'), page: (app) => html`<es-security-log .place=${app.place}></es-security-log>` },
  { path: 'expired', label: 'Срок хранения', capability: 'persons.erase', load: () => import('./es-dossier.js'), page: () => html`<es-expired></es-expired>` },
  { path: 'dossier', label: 'Все сведения', capability: 'persons.dossier', hidden: true, load: () => import('./es-dossier.js'), page: (app) => html`<es-dossier .session=${app.session} .place=${app.place}></es-dossier>` },
  { path: 'system', label: 'Состояние и копии', capability: 'backup', load: () => import('./es-system.js'), page: () => html`<es-system></es-system>` },
  { path: 'plugins', label: 'Модули', capability: 'plugins.manage', load: () => import('./es-plugins.js'), page: () => html`<es-plugins></es-plugins>` },
];

type Theme = 'auto' | 'light' | 'dark' | 'contrast';
const themes: Record<Theme, string> = { auto: 'Как в системе', light: 'Светлое', dark: 'Тёмное', contrast: 'Контрастное' };

export class EsApp extends PageElement {
  static override properties = {
    session: { state: true },
    menu: { state: true },
    place: { state: true },
    problem: { state: true },
    notice: { state: true },
    open: { state: true },
    ready: { state: true },
    lapsed: { state: true },
  };
  declare session: Session | null;
  declare menu: Menu | null;
  declare place: Place;
  declare problem: Problem | null;
  declare notice: Notice | null;
  declare open: boolean;
  declare ready: boolean;
  /** The session has ended while something was typed: the page stays below the sign-in until the same person is back. */
  declare lapsed: boolean;
  private noticeTimer = 0;

  constructor() {
    super();
    this.session = null;
    this.menu = null;
    this.place = here();
    this.problem = null;
    this.notice = null;
    this.open = false;
    this.ready = false;
    this.lapsed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    watchLinks();
    addEventListener('es-place', () => this.arrive());
    addEventListener('es-notice', (event) => this.show((event as CustomEvent<Notice>).detail));
    addEventListener('es-signed-in', () => void this.enter());
    onSignedOut(() => this.leave());
    this.applyTheme((localStorage.getItem('es-theme') as Theme | null) ?? 'auto');
    void this.enter();
  }

  private applyTheme(theme: Theme): void {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    localStorage.setItem('es-theme', theme);
  }

  private arrive(): void {
    this.place = here();
    this.open = false;
    scrollTo(0, 0);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('main')?.focus({ preventScroll: true }));
  }

  private show(notice: Notice): void {
    clearTimeout(this.noticeTimer);
    this.notice = notice;
    this.noticeTimer = setTimeout(() => (this.notice = null), notice.action ? 15_000 : 5_000) as unknown as number;
  }

  private async enter(): Promise<void> {
    // Who was never here has no session to ask for.
    if (!localStorage.getItem('es-known')) {
      this.session = null;
      this.ready = true;
      return;
    }
    try {
      const session = await get<Session>('session', true);
      remember(session);
      forgetRegistries();
      if (this.lapsed && session.user.account !== this.session?.user.account) {
        // Nothing of the page below is another person's to see: it is gone before anything else is drawn.
        this.forget();
        await this.updateComplete;
        go('/', true);
      }
      this.resume();
      this.session = session;
      this.problem = null;
      if (!session.must_change_password && !session.second_factor?.required) {
        this.menu = await get<Menu>('menu');
        connect(() => this.renew());
      }
    } catch (error) {
      const problem = problemOf(error);
      if (this.lapsed) {
        this.show({ text: problem.title }); // what was typed is still there; one may sign in once more
        return;
      }
      if (problem.status === 401) this.leave();
      else this.session = null;
      this.problem = problem.status === 401 ? null : problem;
    }
    this.ready = true;
  }

  /** What is open to the person may have changed meanwhile; the page that is shown stays. */
  private async renew(): Promise<void> {
    try {
      const [session, menu] = await Promise.all([get<Session>('session', true), get<Menu>('menu', true)]);
      if (!this.session) return;
      remember(session);
      forgetRegistries();
      this.session = session;
      this.menu = menu;
    } catch (error) {
      if (problemOf(error).status === 401) this.leave();
    }
  }

  /** The server no longer knows who asks. */
  private leave(): void {
    disconnect();
    localStorage.removeItem('es-known');
    if (this.session && unsaved()) this.lapsed = true;
    else this.forget();
  }

  private forget(): void {
    this.lapsed = false;
    dropGuards();
    this.session = null;
    this.menu = null;
    this.notice = null;
    forgetRegistries();
  }

  /** Back on the page that has waited below the sign-in, where one was. */
  private resume(): void {
    this.querySelector<HTMLDialogElement>('dialog.lapsed')?.close();
    this.lapsed = false;
  }

  protected override updated(): void {
    const sheet = this.querySelector<HTMLDialogElement>('dialog.lapsed');
    if (sheet && !sheet.open) sheet.showModal();
  }

  private giveUp(): void {
    if (!confirm('Введённое не сохранено и пропадёт. Уйти со страницы?')) return;
    this.forget();
    go('/', true);
  }

  private async signOut(): Promise<void> {
    if (!mayLeave()) return;
    dropGuards();
    try {
      await send('DELETE', 'session');
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status !== 401) {
        this.show({ text: problem.title });
        return;
      }
    }
    this.leave();
    go('/', true);
  }

  private page(): TemplateResult {
    const [first = '', second = '', third = ''] = this.place.path;
    if (first === '') return html`<es-home .session=${this.session} .menu=${this.menu}></es-home>`;
    if (first === 'sessions') return this.tool(() => import('./es-sessions.js'), html`<es-sessions></es-sessions>`);
    if (first === 'password') return html`<es-password></es-password>`;
    if (first === 'second-factor') return this.tool(() => import('./es-second-factor.js'), html`<es-second-factor .session=${this.session}></es-second-factor>`);
    if (first === 'guides') return this.tool(() => import('./es-guides.js'), html`<es-guides .place=${this.place}></es-guides>`);
    if (first === 'r' && third && third !== 'new' && !/^[1-9]\d*$/.test(third))
      return html`<h1>Такой записи нет</h1>
        <p>В адресе после названия реестра стоит номер записи, а не «${third}». <a href=${href(`/r/${second}`)}>Открыть список</a></p>`;
    if (first === 'r' && third)
      return html`<es-record .registryId=${second} .recordId=${third === 'new' ? 0 : Number(third)} .session=${this.session} .place=${this.place}></es-record>`;
    if (first === 'r') return html`<es-table .registryId=${second} .school=${this.menu?.school ?? ''} .session=${this.session} .place=${this.place}></es-table>`;
    const brought = first === 'x' ? this.session?.pages.find((one) => one.place === 'menu' && one.plugin === second && one.name === third) : undefined;
    if (brought) return this.tool(() => import('./es-plugin-page.js'), html`<es-plugin-page .page=${brought} .session=${this.session}></es-plugin-page>`);
    const tool = tools.find((one) => one.path === first && this.session?.capabilities.includes(one.capability));
    if (tool) return this.tool(tool.load, tool.page(this));
    return html`<h1>Такой страницы нет</h1>
      <p>Возможно, она для другой роли или её модуль выключен. <a href=${href('/')}>На главную</a></p>`;
  }

  private tool(load: () => Promise<unknown>, page: TemplateResult): TemplateResult {
    load().catch(() => this.show({ text: 'Страница не загрузилась: проверьте сеть и обновите её' }));
    return page;
  }

  private link(path: string, label: string): TemplateResult {
    const current = location.pathname === href(path) || (path !== '/' && location.pathname.startsWith(`${href(path)}/`));
    return html`<li><a href=${href(path)} aria-current=${current ? 'page' : nothing}>${label}</a></li>`;
  }

  private navigation(): TemplateResult {
    const own = tools.filter((tool) => !tool.hidden && this.session?.capabilities.includes(tool.capability));
    const brought = this.session?.pages.filter((one) => one.place === 'menu') ?? [];
    return html`<nav aria-label="Разделы" class=${this.open ? 'open' : ''}>
      <ul>
        ${this.link('/', 'Главная')}
      </ul>
      ${this.menu?.groups.map((group) =>
        group.folded
          ? html`<details ?open=${group.items.some((item) => item.registry === this.place.path[1])}>
              <summary>${group.label}</summary>
              <ul>
                ${group.items.map((item) => this.link(`/r/${item.registry}`, item.label))}
              </ul>
            </details>`
          : html`<h2>${group.label}</h2>
              <ul>
                ${group.items.map((item) => this.link(`/r/${item.registry}`, item.label))}
              </ul>`,
      )}
      ${brought.length
        ? html`<h2>Ещё</h2>
            <ul>
              ${brought.map((one) => this.link(`/x/${one.plugin}/${one.name}`, one.label))}
            </ul>`
        : nothing}
      ${own.length
        ? html`<h2>Управление</h2>
            <ul>
              ${own.map((tool) => this.link(`/${tool.path}`, tool.label))}
            </ul>`
        : nothing}
    </nav>`;
  }

  private account(session: Session): TemplateResult {
    const theme = (localStorage.getItem('es-theme') as Theme | null) ?? 'auto';
    return html`<details class="account" @focusout=${this.closeWhenLeft} @keydown=${this.closeOnEscape}>
      <summary>
        <span class="name">${session.user.name ?? session.user.login}</span>
        <span class="role">${session.roles.map((role) => role.label).join(', ')}</span>
      </summary>
      <div class="card">
        <a href=${href('/sessions')}>Где я вошёл</a>
        <a href=${href('/password')}>Сменить пароль</a>
        <a href=${href('/second-factor')}>Второй фактор</a>
        <a href=${href('/guides')}>Руководство</a>
        <label
          >Оформление
          <select @change=${(event: Event) => this.applyTheme((event.target as HTMLSelectElement).value as Theme)}>
            ${Object.entries(themes).map(([id, label]) => html`<option value=${id} ?selected=${id === theme}>${label}</option>`)}
          </select>
        </label>
        <button class="quiet" @click=${this.signOut}>Выйти</button>
      </div>
    </details>`;
  }

  private closeWhenLeft(event: FocusEvent): void {
    const box = event.currentTarget as HTMLDetailsElement;
    if (event.relatedTarget instanceof Node && !box.contains(event.relatedTarget)) box.open = false;
  }

  private closeOnEscape(event: KeyboardEvent): void {
    if (event.key === 'Escape') (event.currentTarget as HTMLDetailsElement).open = false;
  }

  override render(): TemplateResult {
    return html`${this.frame()}
      <div class="notice" role="status" aria-live="polite">
        ${this.notice
          ? html`<span>${this.notice.text}</span>
              ${this.notice.action
                ? html`<button
                    @click=${() => {
                      const run = this.notice?.action?.run;
                      this.notice = null;
                      run?.();
                    }}
                  >
                    ${this.notice.action.label}
                  </button>`
                : nothing}`
          : nothing}
      </div>
      ${this.lapsed
        ? html`<dialog class="lapsed" aria-label="Вход" closedby="none" @cancel=${(event: Event) => event.preventDefault()} @close=${() => this.requestUpdate()}>
            <es-sign-in .over=${this.session?.user.login ?? ''}></es-sign-in>
            <p><button class="quiet" @click=${this.giveUp}>Уйти без сохранения</button></p>
          </dialog>`
        : nothing}`;
  }

  private frame(): TemplateResult {
    if (!this.ready) return html`<main class="narrow">${skeleton(3)}</main>`;
    if (this.problem) return html`<main class="narrow">${problemCard(this.problem, () => void this.enter())}</main>`;
    if (!this.session) return html`<main class="narrow"><es-sign-in></es-sign-in></main>`;
    if (this.session.must_change_password) return html`<main class="narrow"><es-password .first=${true}></es-password></main>`;
    if (this.session.second_factor?.required) return html`<main class="narrow">${this.tool(() => import('./es-second-factor.js'), html`<es-second-factor .session=${this.session}></es-second-factor>`)}</main>`;
    return html`<a class="skip" href="#main">К содержанию</a>
      <header>
        <button class="quiet burger" aria-expanded=${this.open ? 'true' : 'false'} aria-label="Разделы" @click=${() => (this.open = !this.open)}>☰</button>
        <a class="brand" href=${href('/')}>${this.menu?.school || 'Электронная школа'}</a>
        <es-search .session=${this.session}></es-search>
        <a class="button quiet help-link" href=${href(`/guides${query({ about: this.place.path[0] === 'r' ? (this.place.path[1] ?? '') : this.place.path[0] || 'home' })}`)} aria-label="Руководство к этой странице" title="Руководство к этой странице">?</a>
        ${this.account(this.session)}
      </header>
      <div class="body">
        ${this.navigation()}
        <main id="main" tabindex="-1">${this.page()}</main>
      </div>`;
  }
}
customElements.define('es-app', EsApp);
