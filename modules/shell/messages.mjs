// The shell in another language. The sources hold their Russian words where they are shown; what is a message is found
// here, in the syntax tree, so that no word can be forgotten: every literal with a Cyrillic letter is one. In a template a
// message is a run of text between tags, or the value of an attribute, with {0}, {1} for what is put in.
import ts from 'typescript';

const cyrillic = /[\u0400-\u04FF]/;
// What is put in, while a template is taken apart: a letter that no text has, and the number.
const mark = (index) => `\uE000${index}\uE001`;
const marks = /\uE000(\d+)\uE001/g;

/** The words between tags and in attributes of a template; `found` is told each and answers what stands there instead. */
export function inMarkup(text, found) {
  const run = (part) => part.replace(/^(\s*)([\s\S]*?)(\s*)$/, (whole, before, words, after) => (cyrillic.test(words) ? before + found(words.replace(/\s+/g, ' ')) + after : whole));
  return text
    .split(/(<[^<>]*>)/)
    .map((part) => (part.startsWith('<') ? part.replace(/="([^"]*)"/g, (whole, value) => (cyrillic.test(value) ? `="${found(value)}"` : whole)) : run(part)))
    .join('');
}

/** The message of a text with marks, and the numbers that its {0}, {1}, … stand for. */
function messageOf(text) {
  const numbers = [];
  const message = text.replace(marks, (_, index) => `{${numbers.push(Number(index)) - 1}}`);
  return { message, numbers };
}

/**
 * The source with each message replaced by what `translate` answers for it. Throws Error for a translation that does not
 * put in the same things.
 */
export function translated(source, name, translate) {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);

  /** The translation of a text with marks, with marks. */
  const told = (text) => {
    const { message, numbers } = messageOf(text);
    const answer = translate(message);
    const used = [...answer.matchAll(/\{(\d+)\}/g)].map((one) => Number(one[1]));
    if (used.slice().sort((a, b) => a - b).join() !== numbers.map((_, i) => i).join()) throw new Error(`«${message}»: the translation «${answer}» does not put in the same`);
    return answer.replace(/\{(\d+)\}/g, (_, i) => mark(numbers[Number(i)]));
  };

  const template = (node, markup) => {
    const parts = ts.isNoSubstitutionTemplateLiteral(node) ? [node] : [node.head, ...node.templateSpans.map((span) => span.literal)];
    const values = ts.isNoSubstitutionTemplateLiteral(node) ? [] : node.templateSpans.map((span) => written(span.expression));
    const text = parts.map((part, i) => (part.rawText ?? part.text) + (i < values.length ? mark(i) : '')).join('');
    const said = (words) => told(words).replace(/[\\`]|\$(?=\{)/g, '\\$&');
    const whole = markup ? inMarkup(text, said) : cyrillic.test(text) ? said(text) : text;
    return `\`${whole.replace(marks, (_, index) => `\${${values[Number(index)]}}`)}\``;
  };

  /** The node's text with its messages replaced. */
  function written(node) {
    if (ts.isTaggedTemplateExpression(node)) return written(node.tag) + template(node.template, true);
    if (ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)) return template(node, false);
    if (ts.isStringLiteral(node)) return cyrillic.test(node.text) ? JSON.stringify(told(node.text)) : node.getText(file);
    let text = '';
    let at = node.getStart(file);
    for (const child of node.getChildren(file)) {
      const start = child.getStart(file);
      if (child.end <= at) continue;
      text += source.slice(at, start) + written(child);
      at = child.end;
    }
    return text + source.slice(at, node.end);
  }
  return written(file);
}

/** The messages of a source, each once, in the order in which they stand there. */
export function messagesOf(source, name) {
  const all = new Set();
  translated(source, name, (message) => {
    all.add(message);
    return message;
  });
  return [...all];
}

const latin = Object.fromEntries([...'абвгдеёжзийклмнопрстуфхцчшщъыьэюя'].map((letter, i) => [letter, 'a b v g d e yo zh z i j k l m n o p r s t u f kh ts ch sh shch q y w eh yu ya'.split(' ')[i]]));

/** Words that nobody has translated, so that what is left in Cyrillic on a page is not the shell's own. */
export function pseudo(message) {
  return message.replace(/[\u0400-\u04FF]/g, (letter) => {
    const small = letter.toLocaleLowerCase('ru');
    const text = latin[small] ?? '?';
    return small === letter ? text : text[0].toUpperCase() + text.slice(1);
  });
}
