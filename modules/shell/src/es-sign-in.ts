/** Who are you? On a demo school also: whom would you like to be. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, remember, send, type Problem, type Session } from './api.js';
import { PageElement, problemCard, problemOf } from './element.js';

interface DemoAccount {
  login: string;
  password: string;
  label: string;
  person: string;
}

export class EsSignIn extends PageElement {
  static override properties = { over: { attribute: false }, problem: { state: true }, busy: { state: true }, demo: { state: true }, coded: { state: true } };
  /** The login of who was here, when the sign-in stands over a page that waits for them. */
  declare over: string;
  declare problem: Problem | null;
  declare busy: boolean;
  declare demo: DemoAccount[];
  /** The password was right, the code from the phone is asked for. */
  declare coded: boolean;

  constructor() {
    super();
    this.over = '';
    this.problem = null;
    this.busy = false;
    this.demo = [];
    this.coded = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.over) document.title = 'Вход — Электронная школа';
    get<{ items: DemoAccount[] }>('demo-accounts', true).then(
      (found) => (this.demo = found.items),
      () => undefined, // no demo
    );
  }

  protected override firstUpdated(): void {
    this.querySelector<HTMLInputElement>(this.over ? 'input[name=password]' : 'input')?.focus();
  }

  private async enter(login: string, password: string, code = ''): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      remember(await send<Session>('POST', 'session', { login, password, ...(code ? { code } : {}) }));
      localStorage.setItem('es-known', 'yes');
      dispatchEvent(new Event('es-signed-in'));
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'second_factor_required') {
        this.coded = true;
        await this.updateComplete;
        this.querySelector<HTMLInputElement>('input[name=code]')?.focus();
        return;
      }
      this.problem = problem;
      this.querySelector<HTMLInputElement>(this.coded ? 'input[name=code]' : 'input[name=password]')?.select();
    } finally {
      this.busy = false;
    }
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    void this.enter(String(data.get('login')).trim(), String(data.get('password')), String(data.get('code') ?? '').replace(/\s/g, ''));
  }

  override render(): TemplateResult {
    return html`<form class="card sign-in" @submit=${this.submit}>
        ${this.over
          ? html`<h2>Сеанс закончился, войдите снова: введённое сохранено</h2>
              <p>Войдёт кто-то другой — введённое пропадёт, и он его не увидит.</p>`
          : html`<h1>Электронная школа</h1>`}
        <label>Логин <input name="login" .value=${this.over} autocomplete="username" autocapitalize="none" spellcheck="false" required /></label>
        <label>Пароль <input name="password" type="password" autocomplete="current-password" required /></label>
        ${this.coded ? html`<label>Код из приложения на телефоне <input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required /></label>` : nothing}
        ${problemCard(this.problem)}
        <button ?disabled=${this.busy}>${this.busy ? 'Проверяем…' : 'Войти'}</button>
        ${this.over ? nothing : html`<p class="help">При первом входе введите код с выданной вам карточки вместо пароля. Забыли пароль? Новый код выдаст классный руководитель или администратор школы.</p>`}
      </form>
      ${this.demo.length
        ? html`<section class="card demo">
            <h2>Это демонстрационная школа</h2>
            <p>Людей этой школы не существует. Выберите, кем войти:</p>
            <ul>
              ${this.demo.map(
                (one) => html`<li>
                  <button class="quiet" ?disabled=${this.busy} @click=${() => this.enter(one.login, one.password)}>
                    <strong>${one.label}</strong>${one.person ? html`<span>${one.person}</span>` : nothing}
                  </button>
                </li>`,
              )}
            </ul>
          </section>`
        : nothing}`;
  }
}
customElements.define('es-sign-in', EsSignIn);
