// What a plugin may bring, and what may go wrong with it: for the test of the contract between the shell and plugins.
import { LitElement, html } from '/ui/sdk/v1/lit.js';

/** Asks the shell for one of its services. */
function service(element, context) {
  return new Promise((callback) => {
    const request = new Event('context-request', { bubbles: true, composed: true });
    Object.assign(request, { context, callback });
    element.dispatchEvent(request);
  });
}

export class SamplePage extends LitElement {
  static elementName = 'es-web-sample-page';
  static properties = { session: { state: true }, total: { state: true } };
  connectedCallback() {
    super.connectedCallback();
    service(this, 'es.session/1').then((session) => (this.session = session));
    service(this, 'es.api/1').then((api) => {
      const count = () => api.get('/api/v1/records/people.student?count=1&limit=1').then((page) => (this.total = page.total));
      this.stop = api.onChange('people.student', count);
      return count();
    });
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    this.stop?.();
  }
  render() {
    return html`<h1>Страница образца</h1><p class="who">${this.session?.user.login ?? ''}</p><p class="total">${this.total ?? ''}</p>`;
  }
}

export class SampleCard extends LitElement {
  static elementName = 'es-web-sample-card';
  static properties = { record: { attribute: false }, day: { state: true } };
  connectedCallback() {
    super.connectedCallback();
    service(this, 'es.i18n/1').then((i18n) => (this.day = i18n.day('2026-09-01')));
  }
  render() {
    return html`<p>Карточка ${this.record?.registry} № ${this.record?.id}, ${this.day ?? ''}</p>`;
  }
}

export class SampleHome extends LitElement {
  static elementName = 'es-web-sample-home';
  render() {
    return html`<p>Сегодня в образце</p>`;
  }
}

export class SampleBroken extends LitElement {
  static elementName = 'es-web-sample-broken';
  render() {
    throw new Error('the sample breaks on purpose');
  }
}

/** Not of this plugin by its name; the shell must not define it. */
export const notAnElement = 42;
