/** What the first page shows to those who work here: the own classes and lesson plans, and to the school's IT the server. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, query, type Page, type Row, type Session } from './api.js';
import { counted, language } from './language.js';
import { href } from './router.js';
import { isReference } from './schema.js';

/** Birthdays are told so many days ahead. */
const ahead = 7;

interface Birthday {
  id: number;
  name: string;
  on: Date;
  age: number;
}
interface OwnClass {
  id: number;
  name: string;
  pupils: number;
  birthdays: Birthday[];
}
interface Plan {
  id: number;
  name: string;
  form: string;
  topics: number;
}
export interface Mine {
  classes: OwnClass[];
  /** Null: lesson plans are no work of this person's. */
  plans: Plan[] | null;
}

/** The birthdays of the next days, the nearest first. Who was born on 29 February has his on 1 March in other years. */
export function birthdays(pupils: Row[], today: Date, days = ahead): Birthday[] {
  const start = new Date(today.getFullYear(), today.getMonth(), today.getDate());
  const end = new Date(start.getFullYear(), start.getMonth(), start.getDate() + days);
  return pupils
    .flatMap((one): Birthday[] => {
      const born = /^(\d{4})-(\d{2})-(\d{2})/.exec(String(one.birth_date ?? ''));
      if (!born) return [];
      const [year, month, date] = born.slice(1).map(Number) as [number, number, number];
      // The days ahead may lie in two years.
      return [start.getFullYear(), start.getFullYear() + 1]
        .map((there) => ({ id: one.id, name: `${String(one.surname)} ${String(one.given_name)}`, on: new Date(there, month - 1, date), age: there - year }))
        .filter(({ on, age }) => on >= start && on < end && age > 0);
    })
    .sort((a, b) => a.on.valueOf() - b.on.valueOf() || a.name.localeCompare(b.name, language));
}

export async function mine(session: Session): Promise<Mine | null> {
  const own = (registry: string): boolean => !!session.user.person && !!session.rights[registry]?.includes('read');
  const ask = (registry: string, parameters: Record<string, string | number>): Promise<Page> => get<Page>(`records/${registry}${query(parameters)}`);
  // Whoever reads no employees asks for none: it would be refused.
  if (!own('people.employee')) return null;
  const me = (await ask('people.employee', { filter: 'person = @me', fields: 'id', limit: 1 })).items[0];
  if (!me) return null;
  const [classes, plans] = await Promise.all([
    own('school.class') && own('people.student') ? ask('school.class', { filter: `homeroom_teacher = ${me.id} and (year = null or year.current)`, fields: 'name', limit: 5 }) : null,
    own('curriculum.lesson_plan') && session.rights['curriculum.lesson_plan']?.includes('create')
      ? ask('curriculum.lesson_plan', { filter: `teacher = ${me.id} and kind = 'working' and year.current`, fields: 'name,class', sort: 'grade,name', limit: 20 })
      : null,
  ]);
  const counts = plans?.items.length && own('curriculum.topic') ? await get<{ items: { value: string; count: number }[] }>(`records/curriculum.topic/summary${query({ by: 'plan', filter: `plan.teacher = ${me.id}` })}`) : { items: [] };
  const topics = new Map(counts.items.map((one) => [one.value, one.count]));
  return {
    classes: await Promise.all(
      (classes?.items ?? []).map(async (one): Promise<OwnClass> => {
        const page = await ask('people.student', { filter: `class = ${one.id} and left_on = null`, fields: 'surname,given_name,birth_date', limit: 100 });
        return { id: one.id, name: String(one.name), pupils: page.items.length, birthdays: birthdays(page.items, new Date()) };
      }),
    ),
    plans: plans?.items.map((one): Plan => ({ id: one.id, name: String(one.name), form: isReference(one.class) ? one.class.display : '', topics: topics.get(String(one.id)) ?? 0 })) ?? null,
  };
}

export function ofMine({ classes, plans }: Mine): TemplateResult {
  return html`${classes.map(
      (one) => html`<section class="card" aria-label="Мой класс: ${one.name}">
        <h2><a href=${href(`/r/school.class/${one.id}`)}>Мой класс: ${one.name}</a></h2>
        <p>${counted(one.pupils, 'ученик', 'ученика', 'учеников')} · <a href=${href(`/r/people.student${query({ 'f.class': one.id })}`)}>Список класса</a></p>
        ${one.birthdays.length
          ? html`<h3>Дни рождения на неделе</h3>
              <ul>${one.birthdays.map((each) => html`<li><a href=${href(`/r/people.student/${each.id}`)}>${each.name}</a>: ${each.on.toLocaleDateString(language, { day: 'numeric', month: 'long' })}, исполняется ${each.age}</li>`)}</ul>`
          : nothing}
      </section>`,
    )}
    ${plans?.length
      ? html`<section class="card" aria-label="Мои планы уроков">
          <h2>Мои планы уроков</h2>
          <ul>${plans.map((one) => html`<li><a href=${href(`/r/curriculum.lesson_plan/${one.id}`)}>${one.name}</a>${one.form ? ` (${one.form})` : ''}: ${one.topics ? counted(one.topics, 'тема', 'темы', 'тем') : html`<span class="mark">тем нет</span>`}</li>`)}</ul>
        </section>`
      : nothing}`;
}

interface State {
  remarks: { text: string }[];
}
interface Backups {
  scheduled: boolean;
  last_error: string;
  items: { name: string }[];
}
export interface Server {
  troubles: string[];
  /** The newest copy; "" when there is none. */
  copy: string;
}

/** The day and hour in the name of a copy: "test-20261201T030000Z.esbackup" as "01.12.2026". */
function dayOf(name: string): string {
  const found = /(\d{4})-?(\d{2})-?(\d{2})/.exec(name);
  return found ? `${found[3]}.${found[2]}.${found[1]}` : name;
}

export async function server(session: Session): Promise<Server | null> {
  if (!session.capabilities.includes('backup')) return null;
  const [state, backups] = await Promise.all([get<State>('system'), get<Backups>('backups')]);
  const troubles = [...new Set(state.remarks.map((one) => one.text))];
  if (!backups.scheduled) troubles.push('Копии не настроены: пока их нет, сбой диска — потеря всего');
  const [newest] = backups.items;
  return { troubles, copy: newest ? dayOf(newest.name) : '' };
}

export function ofServer({ troubles, copy }: Server): TemplateResult {
  return html`<section class="card" aria-labelledby="server">
    <h2 id="server"><a href=${href('/system')}>Сервер</a></h2>
    ${troubles.length ? html`<ul>${troubles.map((one) => html`<li>${one}</li>`)}</ul>` : html`<p>Замечаний нет.</p>`}
    ${copy ? html`<p class="help">Последняя копия: ${copy}</p>` : nothing}
  </section>`;
}
