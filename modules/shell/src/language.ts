/** The language that the shell was built for: `ru`, unless the build was given words of another one (build.mjs). */
declare const LANGUAGE: string;
export const language: string = LANGUAGE;

/** A number as people read it. */
export function number(value: number): string {
  return value.toLocaleString(language);
}

const plural = new Intl.PluralRules(language);

/** "1 запись", "2 записи", "5 записей": the form that the language's rules of plurals choose. */
export function counted(count: number, one: string, few: string, many: string): string {
  const rule = plural.select(count);
  return `${number(count)} ${rule === 'one' ? one : rule === 'few' ? few : many}`;
}
