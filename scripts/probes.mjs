// Which tests come to which piece of a source: probes in its text, and the piece that a mutant lies in.
//
// A piece is what runs as one: a statement, the body of an arrow function, a branch of a condition, the right side of && || ??,
// a default value. Every piece calls globalThis.frenkelProbe(file, number) when it runs.
import ts from 'typescript';

const K = ts.SyntaxKind;
const LOGIC = new Set([K.AmpersandAmpersandToken, K.BarBarToken, K.QuestionQuestionToken]);
const holdsStatements = (node) => ts.isBlock(node) || ts.isSourceFile(node) || ts.isCaseOrDefaultClause(node);
/** Declarations that do nothing where they stand. */
const isIdle = (node) =>
  ts.isFunctionDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isExportAssignment(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node);

/** The expressions of a node that may run or not, apart from it. */
function optional(node) {
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return [node.body];
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse];
  if (ts.isBinaryExpression(node) && LOGIC.has(node.operatorToken.kind)) return [node.right];
  const isDefault = ts.isParameter(node) || ts.isBindingElement(node) || ts.isPropertyDeclaration(node);
  return isDefault && node.initializer ? [node.initializer] : [];
}

/** Statements that stand alone, `if (x) return;`. */
function alone(node) {
  const bodies = ts.isIfStatement(node)
    ? [node.thenStatement, node.elseStatement]
    : ts.isIterationStatement(node, false)
      ? [node.statement]
      : [];
  return bodies.filter((body) => body && !ts.isBlock(body));
}

/** The pieces of a source, outer ones first: `{ start, end, before, after }`, what is to be put around each. */
function piecesOf(path, source) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const pieces = [];
  const visit = (node) => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    const add = (part, before, after) => {
      const call = `globalThis.frenkelProbe?.(${JSON.stringify(path)}, ${pieces.length})`;
      pieces.push({ start: part.getStart(), end: part.getEnd(), before: before.replace('?', call), after });
    };
    if (holdsStatements(node)) for (const one of node.statements) if (!isIdle(one)) add(one, '?;', '');
    for (const one of alone(node)) add(one, '{?;', '}');
    for (const one of optional(node)) add(one, '(?,', ')');
    ts.forEachChild(node, visit);
  };
  visit(file);
  return pieces;
}

/** The text with its probes, and the pieces by number. */
export function withProbes(path, source) {
  const pieces = piecesOf(path, source);
  const insertions = pieces.flatMap(({ start, end, before, after }, k) => [
    // at one place: ends of inner pieces before those of outer ones, then begins of outer ones before those of inner ones
    { at: end, text: after, order: -k },
    { at: start, text: before, order: pieces.length + k },
  ]);
  insertions.sort((a, b) => a.at - b.at || a.order - b.order);
  let text = '';
  let from = 0;
  for (const { at, text: put } of insertions) {
    text += source.slice(from, at) + put;
    from = at;
  }
  return { text: text + source.slice(from), pieces: pieces.map(({ start, end }) => ({ start, end })) };
}

/** The number of the smallest piece that a mutant changes: of an emptied block its first one; undefined outside of all. */
export function pieceOf(pieces, { kind, start, end }) {
  const size = (k) => pieces[k].end - pieces[k].start;
  const all = [...pieces.keys()];
  if (kind === 'block') {
    const inner = all.filter((k) => pieces[k].start > start && pieces[k].end < end);
    const first = inner.sort((a, b) => pieces[a].start - pieces[b].start || size(b) - size(a))[0];
    if (first !== undefined) return first;
  }
  const around = all.filter((k) => pieces[k].start <= start && pieces[k].end >= end);
  return around.sort((a, b) => size(a) - size(b) || b - a)[0];
}
