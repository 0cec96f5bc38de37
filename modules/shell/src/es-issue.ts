/** Ways in for many at once: who has none, who never came in; slips to cut apart and a list to sign, as PDF of the server. */
import { html, nothing, type TemplateResult } from 'lit';
import { base, download, get, query, send, type Page, type Problem, type Row, type Session } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import { counted, language } from './language.js';
import { moment } from './schema.js';

interface Holder {
  person: number;
  name: string;
  state: 'none' | 'waiting' | 'active' | 'closed';
  login: string | null;
  last_login_at: string | null;
  one_time_expires: string | null;
  has_role: boolean;
}
interface Issued {
  person: number;
  name: string;
  login: string;
  done: 'created' | 'granted' | 'reissued';
  one_time_password: string | null;
  group: string;
}
interface Whom {
  role: string;
  registry?: string;
  field?: string;
  filter?: string;
}

const forms = { slips: 'Листки доступа', sheet: 'Ведомость выдачи' };
/** As many the server typesets at once; what is more comes as further files. */
const mostPrinted = 2000;
const states: Record<Holder['state'], string> = { none: 'нет доступа', waiting: 'ещё не входил(а)', active: 'входит', closed: 'закрыт' };

export class EsIssue extends PageElement {
  static override properties = {
    session: { attribute: false },
    kind: { state: true },
    classes: { state: true },
    classId: { state: true },
    holders: { state: true },
    issued: { state: true },
    left: { state: true },
    printing: { state: true },
    progress: { state: true },
    problem: { state: true },
  };
  declare session: Session;
  declare kind: string;
  declare classes: Row[];
  /** 0: all classes. */
  declare classId: number;
  declare holders: Holder[] | null;
  declare issued: Issued[];
  declare left: { name: string; reason: string }[];
  /** What is being typeset. */
  declare printing: keyof typeof forms | null;
  declare progress: number | null;
  declare problem: Problem | null;

  constructor() {
    super();
    this.kind = 'student';
    this.classes = [];
    this.classId = 0;
    this.holders = null;
    this.issued = [];
    this.left = [];
    this.printing = null;
    this.progress = null;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Выдать доступ — Электронная школа';
    void this.start();
  }

  private async start(): Promise<void> {
    try {
      // A class teacher reads the list of all classes, but issues for the own ones: those where there is somebody.
      const page = await get<Page>(`records/school.class${query({ fields: 'name', limit: 500, filter: 'year = null or year.current' })}`);
      const ids = (await get<{ items: { value: string | null; count: number }[] }>(`records/people.student/summary${query({ by: 'class' })}`)).items;
      const filled = new Set(ids.map((one) => Number(one.value)));
      this.classes = page.items.filter((one) => filled.has(one.id)).sort((a, b) => String(a.name).localeCompare(String(b.name), language, { numeric: true }));
      this.classId = this.classes[0]?.id ?? 0;
    } catch (error) {
      this.problem = problemOf(error);
    }
    await this.load();
  }

  private get manages(): boolean {
    return this.session.capabilities.includes('accounts.manage');
  }

  private whom(classId: number): Whom {
    if (this.kind === 'guardian')
      return { role: 'guardian', registry: 'people.guardianship', field: 'guardian', filter: `not restricted${classId ? ` and student.class = ${classId}` : ''}` };
    if (this.kind === 'student') return { role: 'student', ...(classId ? { filter: `class = ${classId}` } : {}) };
    return { role: this.kind };
  }

  private async load(): Promise<void> {
    this.holders = null;
    this.problem = null;
    try {
      this.holders = (await get<{ items: Holder[] }>(`accounts/holders${query({ ...this.whom(this.classId) })}`)).items;
    } catch (error) {
      this.problem = problemOf(error);
      this.holders = [];
    }
  }

  /** Class by class, so that the way is seen and a lost connection costs one class's passwords at most. */
  private async issue(again: boolean, person?: number): Promise<void> {
    const family = this.kind === 'guardian' || this.kind === 'student';
    const groups = !family || this.classId || person ? [this.classId] : this.classes.map((one) => one.id);
    const issued: Issued[] = [];
    const left: { name: string; reason: string }[] = [];
    this.problem = null;
    this.progress = 0;
    try {
      for (const [index, group] of groups.entries()) {
        const answer = await send<{ items: Issued[]; left: { name: string; reason: string }[] }>('POST', 'accounts/issue', {
          ...this.whom(group),
          again,
          ...(person ? { persons: [person] } : {}),
        });
        const name = family ? String(this.classes.find((one) => one.id === group)?.name ?? '') : '';
        issued.push(...answer.items.map((one) => ({ ...one, group: name })));
        left.push(...answer.left);
        this.progress = (index + 1) / groups.length;
      }
      if (!issued.length) tell('Выдавать некому: доступ есть у всех');
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.progress = null;
    // What was answered is shown even when a later class failed: it is told nowhere else.
    if (issued.length || left.length) {
      // A password that was issued again is the only one that opens.
      const renewed = new Set(issued.filter((one) => one.one_time_password).map((one) => one.login));
      this.issued = [...this.issued.filter((one) => !renewed.has(one.login)), ...issued];
      this.left = left;
    }
    await this.load();
    if (issued.length) this.querySelector('.issued')?.scrollIntoView();
  }

  /** Only who has a new password: the others keep theirs. */
  private get handedOut(): Issued[] {
    return this.issued.filter((one) => one.one_time_password);
  }

  private async printOut(form: keyof typeof forms): Promise<void> {
    this.printing = form;
    this.problem = null;
    const items = this.handedOut.map(({ name, group, login, one_time_password }) => ({ name, group, login, ...(form === 'slips' ? { one_time_password } : {}) }));
    try {
      for (let at = 0; at < items.length; at += mostPrinted)
        await download('accounts/print', `${forms[form]}.pdf`, { form, address: `${location.origin}${base}/`, items: items.slice(at, at + mostPrinted) });
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.printing = null;
  }

  private result(): TemplateResult | typeof nothing {
    if (!this.issued.length && !this.left.length) return nothing;
    const passwords = this.handedOut.length;
    return html`<section class="card issued" aria-labelledby="issued">
      <h2 id="issued">Выдано: ${counted(passwords, 'пароль', 'пароля', 'паролей')}</h2>
      <p class="mark">Пароли показаны один раз: сохраните листки, пока не ушли со страницы.</p>
      ${this.issued.length > passwords ? html`<p>Ещё ${counted(this.issued.length - passwords, 'человек получил', 'человека получили', 'человек получили')} роль к прежнему логину.</p>` : nothing}
      ${this.left.length ? html`<details><summary>Не выдано: ${this.left.length}</summary><ul>${this.left.map((one) => html`<li>${one.name}: ${one.reason}</li>`)}</ul></details>` : nothing}
      <div class="actions">
        <button ?disabled=${!passwords || this.printing} @click=${() => void this.printOut('slips')}>Листки (PDF)</button>
        <button class="quiet" ?disabled=${!passwords || this.printing} @click=${() => void this.printOut('sheet')}>Ведомость (PDF)</button>
        <button class="quiet" @click=${() => ((this.issued = []), (this.left = []))}>Убрать с экрана</button>
        ${this.printing ? html`<span role="status">${forms[this.printing]}: готовится…</span>` : nothing}
      </div>
      <details open><summary>Показать список</summary><div class="scroll" tabindex="0" role="region" aria-label="Выданные пароли"><table>
        <thead><tr><th scope="col">Кто</th><th scope="col">Логин</th><th scope="col">Одноразовый пароль</th></tr></thead>
        <tbody>${this.issued.map((one) => html`<tr><td data-label="Кто">${one.name} ${one.group}</td><td data-label="Логин">${one.login}</td><td data-label="Одноразовый пароль" class="typed">${one.one_time_password ?? 'прежний пароль'}</td></tr>`)}</tbody></table></div></details>
    </section>`;
  }

  override render(): TemplateResult {
    const kinds: [string, string][] = [['student', 'Ученики'], ['guardian', 'Родители']];
    if (this.manages) kinds.push(['teacher', 'Сотрудники: учителя']);
    const family = this.kind === 'guardian' || this.kind === 'student';
    const none = this.holders?.filter((one) => one.state === 'none' || !one.has_role).length ?? 0;
    const waiting = this.holders?.filter((one) => one.state === 'waiting').length ?? 0;
    return html`<h1>Выдать доступ</h1>
      <p>Логины и одноразовые пароли для всех сразу. Логин складывается из фамилии и инициалов; у кого он уже есть, тот входит по-прежнему.</p>
      ${problemCard(this.problem)}
      ${this.result()}
      <div class="toolbar">
        <label>Кому <select @change=${(event: Event) => ((this.kind = (event.target as HTMLSelectElement).value), void this.load())}>${kinds.map(([id, label]) => html`<option value=${id} ?selected=${id === this.kind}>${label}</option>`)}</select></label>
        ${family
          ? html`<label>Класс <select @change=${(event: Event) => ((this.classId = Number((event.target as HTMLSelectElement).value)), void this.load())}>
              ${this.classes.map((one) => html`<option value=${one.id} ?selected=${one.id === this.classId}>${one.name}</option>`)}
              ${this.classes.length > 1 ? html`<option value="0" ?selected=${this.classId === 0}>все классы</option>` : nothing}
            </select></label>`
          : nothing}
        <button ?disabled=${!none || this.progress !== null} @click=${() => void this.issue(false)}>Выдать, у кого нет (${none})</button>
        <button class="quiet" ?disabled=${!waiting || this.progress !== null} @click=${() => void this.issue(true)}>Выдать заново не входившим (${waiting})</button>
      </div>
      ${this.progress !== null ? html`<p role="status">Выдаётся… <progress value=${this.progress} aria-label="Выдача"></progress></p>` : nothing}
      ${this.holders === null
        ? skeleton()
        : !this.holders.length
          ? html`<div class="card empty"><p>Здесь никого нет. ${family ? 'Проверьте, что в классе есть ученики и у них указаны родители.' : ''}</p></div>`
          : html`<div class="scroll" tabindex="0" role="region" aria-label="Кому выдать"><table>
              <thead><tr><th scope="col">Кто</th><th scope="col">Логин</th><th scope="col">Состояние</th><th scope="col">Последний вход</th><th><span class="unseen">Действия</span></th></tr></thead>
              <tbody>${this.holders.map(
                (one) => html`<tr>
                  <td data-label="Кто">${one.name}</td><td data-label="Логин">${one.login ?? ''}</td><td data-label="Состояние">${one.login && !one.has_role ? 'есть логин, нет роли' : states[one.state]}</td>
                  <td data-label="Последний вход">${one.last_login_at ? moment(one.last_login_at) : ''}</td>
                  <td class="row-actions">${one.login && one.has_role && one.state !== 'closed' ? html`<button class="quiet" aria-label="Новый пароль: ${one.name}" @click=${() => confirm(`Выдать новый одноразовый пароль: ${one.name}? Прежний перестанет действовать.`) && void this.issue(true, one.person)}>Новый пароль</button>` : nothing}</td>
                </tr>`,
              )}</tbody></table></div>`}`;
  }
}
customElements.define('es-issue', EsIssue);
