/** The code from the phone: setting it up, the recovery codes, switching it off. */
import { html, nothing, type TemplateResult } from 'lit';
import { send, type Problem, type Session } from './api.js';
import { PageElement, problemCard, problemOf, tell } from './element.js';
import { qrPicture } from './qr.js';

export class EsSecondFactor extends PageElement {
  static override properties = {
    session: { attribute: false },
    begun: { state: true },
    codes: { state: true },
    problem: { state: true },
  };
  declare session: Session;
  declare begun: { secret: string; uri: string } | null;
  declare codes: string[];
  declare problem: Problem | null;

  constructor() {
    super();
    this.begun = null;
    this.codes = [];
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Второй фактор — Электронная школа';
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private begin(): Promise<void> {
    return this.attempt(async () => {
      this.begun = await send('POST', 'session/second-factor', {});
    });
  }

  private confirm(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const code = String(new FormData(event.target as HTMLFormElement).get('code')).replace(/\s/g, '');
    return this.attempt(async () => {
      this.codes = (await send<{ recovery_codes: string[] }>('PUT', 'session/second-factor', { code })).recovery_codes;
      this.begun = null;
    });
  }

  private drop(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const code = String(new FormData(event.target as HTMLFormElement).get('code')).replace(/\s/g, '');
    return this.attempt(async () => {
      await send('DELETE', 'session/second-factor', { code });
      tell('Второй фактор выключен');
      dispatchEvent(new Event('es-signed-in'));
    });
  }

  private code(label: string, button: string): TemplateResult {
    return html`<label>${label} <input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="20" /></label> <button>${button}</button>`;
  }

  private setUp(): TemplateResult {
    if (this.codes.length)
      return html`<section class="card"><h2>Второй фактор включён</h2>
        <p>Запишите коды восстановления на бумаге: каждый один раз заменяет телефон. Больше они не показываются.</p>
        <ul class="codes">${this.codes.map((one) => html`<li class="typed">${one}</li>`)}</ul>
        <div class="actions"><button class="quiet" @click=${() => print()}>Напечатать</button> <button @click=${() => dispatchEvent(new Event('es-signed-in'))}>Записал(а)</button></div></section>`;
    if (!this.begun)
      return html`<section class="card"><p>При входе, кроме пароля, понадобится код из приложения на телефоне: пароль, который подсмотрели, не поможет.</p>
        ${this.session.second_factor?.asked ? html`<p class="mark">Ваша роль просит второй фактор.</p>` : nothing}
        <button @click=${() => void this.begin()}>Включить</button></section>`;
    return html`<section class="card"><h2>1. Наведите приложение на код</h2>
      <p>Подойдёт любое приложение для одноразовых кодов (TOTP).</p>
      ${qrPicture(this.begun.uri, 'Код для приложения')}
      <p class="help">Не читается — введите ключ вручную: <span class="typed">${this.begun.secret.replace(/(.{4})/g, '$1 ')}</span></p>
      <h2>2. Введите код из приложения</h2>
      <form class="inline" @submit=${(event: SubmitEvent) => void this.confirm(event)}>${this.code('Код', 'Проверить и включить')}</form></section>`;
  }

  override render(): TemplateResult {
    return html`<h1>Второй фактор</h1>
      ${problemCard(this.problem)}
      ${this.session.second_factor?.on && !this.codes.length
        ? html`<section class="card"><p>Включён: при входе нужен код из приложения.</p>
            <form class="inline" @submit=${(event: SubmitEvent) => void this.drop(event)}>${this.code('Код, чтобы выключить', 'Выключить')}</form></section>`
        : this.setUp()}`;
  }
}
customElements.define('es-second-factor', EsSecondFactor);
