/** The own password: at the first visit instead of the code from the slip, later when one likes. */
import { html, nothing, type TemplateResult } from 'lit';
import { send, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, tell } from './element.js';
import { go } from './router.js';

export class EsPassword extends PageElement {
  static override properties = { first: { attribute: false }, problem: { state: true }, busy: { state: true } };
  declare first: boolean;
  declare problem: Problem | null;
  declare busy: boolean;

  constructor() {
    super();
    this.first = false;
    this.problem = null;
    this.busy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Пароль — Электронная школа';
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const fresh = String(data.get('new'));
    if (fresh !== data.get('again')) {
      this.problem = { status: 0, code: 'again', title: 'Пароли не совпали', detail: 'Введите новый пароль дважды одинаково.' };
      return;
    }
    this.busy = true;
    this.problem = null;
    try {
      await send('PUT', 'session/password', { old: data.get('old'), new: fresh });
      tell('Пароль сменён, в остальных местах вы вышли');
      dispatchEvent(new Event('es-signed-in'));
      if (!this.first) go('/');
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  override render(): TemplateResult {
    return html`<form class="card sign-in" @submit=${this.submit}>
      <h1>${this.first ? 'Придумайте свой пароль' : 'Сменить пароль'}</h1>
      ${this.first ? html`<p>Вы вошли по одноразовому коду. Больше он не сработает: дальше входите со своим паролем.</p>` : nothing}
      <label>${this.first ? 'Код с карточки' : 'Прежний пароль'} <input name="old" type="password" autocomplete="current-password" required /></label>
      <label>Новый пароль <input name="new" type="password" autocomplete="new-password" minlength="8" required aria-describedby="password-help" /></label>
      <label>Новый пароль ещё раз <input name="again" type="password" autocomplete="new-password" required /></label>
      <p class="help" id="password-help">Не короче 8 знаков. Надёжнее всего три-четыре не связанных слова. Никому его не сообщайте.</p>
      ${problemCard(this.problem)}
      <button ?disabled=${this.busy}>Сохранить пароль</button>
    </form>`;
  }
}
customElements.define('es-password', EsPassword);
