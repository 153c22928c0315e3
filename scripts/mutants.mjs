// The mutants of a TypeScript source: small faults of the kinds that Stryker makes, as replacements of pieces of its text.
import { createHash } from 'node:crypto';
import ts from 'typescript';

const K = ts.SyntaxKind;

const swapped = new Map([
  [K.LessThanToken, ['<=', '>=']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<=']],
  [K.GreaterThanEqualsToken, ['>', '<']],
  [K.EqualsEqualsEqualsToken, ['!==']],
  [K.ExclamationEqualsEqualsToken, ['===']],
  [K.AmpersandAmpersandToken, ['||']],
  [K.BarBarToken, ['&&']],
  [K.QuestionQuestionToken, ['&&']],
  [K.PlusToken, ['-']],
  [K.MinusToken, ['+']],
  [K.AsteriskToken, ['/']],
  [K.SlashToken, ['*']],
  [K.PercentToken, ['*']],
  [K.PlusEqualsToken, ['-=']],
  [K.MinusEqualsToken, ['+=']],
  [K.AsteriskEqualsToken, ['/=']],
  [K.SlashEqualsToken, ['*=']],
]);
const kinds = new Map([
  ['<', 'comparison'],
  ['&&', 'logic'],
  ['||', 'logic'],
  ['??', 'logic'],
]);
const methods = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
  ['toLowerCase', 'toUpperCase'],
  ['toUpperCase', 'toLowerCase'],
]);
/** Calls that are left out: a.trim() becomes a. */
const dropped = new Set(['trim', 'slice', 'sort', 'filter', 'reverse', 'subarray']);

const isText = (node) =>
  ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);

const isThrown = (node) => {
  for (let at = node; at !== undefined && !ts.isBlock(at) && !ts.isFunctionLike(at); at = at.parent)
    if (ts.isThrowStatement(at)) return true;
  return false;
};

/** Words of a message, not something that a program compares with. */
function kindOfText(node) {
  if (isThrown(node)) return 'message';
  return 'text';
}

function conditionOf(node) {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return node.expression;
  if (ts.isConditionalExpression(node) || ts.isForStatement(node)) return node.condition;
  return undefined;
}

/** Texts that are types, names of modules or keys rather than values. */
function isNoValue(node) {
  const { parent } = node;
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent) ||
    ts.isTypeNode(parent) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    ts.isPropertySignature(parent)
  );
}

function ofBinary(node, add) {
  const { operatorToken: token, left, right } = node;
  if (token.kind === K.PlusToken && [left, right].some(isText)) return;
  for (const text of swapped.get(token.kind) ?? []) {
    const kind = kinds.get(token.getText()) ?? (/^[<>=!]/.test(text) ? 'comparison' : 'arithmetic');
    add(kind, token, text);
  }
}

function ofCall(node, add) {
  const { expression: callee } = node;
  if (!ts.isPropertyAccessExpression(callee)) return;
  const name = callee.name.text;
  if (methods.has(name)) add('method', callee.name, methods.get(name));
  if (dropped.has(name)) add('method', node, callee.expression.getText());
}

function ofLiteral(node, add) {
  if (node.kind === K.TrueKeyword && !ts.isLiteralTypeNode(node.parent)) add('boolean', node, 'false');
  if (node.kind === K.FalseKeyword && !ts.isLiteralTypeNode(node.parent)) add('boolean', node, 'true');
  if (isText(node) && !isNoValue(node)) {
    const empty = /^(''|``)$/.test(node.getText());
    add(kindOfText(node), node, empty ? "'a mutant was here'" : "''");
  }
  if (ts.isArrayLiteralExpression(node) && node.elements.length > 0 && !ts.isVariableDeclaration(node.parent?.parent))
    add('array', node, '[]');
  if (ts.isRegularExpressionLiteral(node)) {
    const text = node.getText();
    if (text.startsWith('/^')) add('regex', node, `/${text.slice(2)}`);
    const end = /\$(\/[a-z]*)$/.exec(text);
    if (end) add('regex', node, text.slice(0, end.index) + end[1]);
  }
}

function ofUnary(node, add) {
  if (ts.isPrefixUnaryExpression(node)) {
    if (node.operator === K.ExclamationToken) add('boolean', node, node.operand.getText());
    if (node.operator === K.MinusToken) add('arithmetic', node, `+${node.operand.getText()}`);
    if (node.operator === K.PlusPlusToken) add('update', node, `--${node.operand.getText()}`);
    if (node.operator === K.MinusMinusToken) add('update', node, `++${node.operand.getText()}`);
  }
  if (ts.isPostfixUnaryExpression(node))
    add('update', node, `${node.operand.getText()}${node.operator === K.PlusPlusToken ? '--' : '++'}`);
  if (node.questionDotToken && ts.isPropertyAccessExpression(node)) add('chaining', node.questionDotToken, '.');
}

/**
 * All mutants of a source, in the order of the text: `{ key, kind, start, end, text, line, before }`. The key stays where
 * other parts of the source change.
 */
export function mutantsOf(path, source) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const found = [];
  const add = (kind, node, text) => {
    const [start, end] = [node.getStart(), node.getEnd()];
    const line = file.getLineAndCharacterOfPosition(start).line + 1;
    if (source.slice(start, end) !== text)
      found.push({ kind, start, end, text, line, before: source.slice(start, end) });
  };
  const visit = (node) => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node)) return;
    const condition = conditionOf(node);
    if (condition) {
      if (!ts.isForStatement(node) && !ts.isWhileStatement(node) && condition.kind !== K.TrueKeyword)
        add('condition', condition, 'true');
      add('condition', condition, 'false');
    }
    if (ts.isBlock(node) && node.statements.length > 0) add('block', node, '{}');
    if (ts.isBinaryExpression(node)) ofBinary(node, add);
    if (ts.isCallExpression(node)) ofCall(node, add);
    ofLiteral(node, add);
    ofUnary(node, add);
    ts.forEachChild(node, visit);
  };
  visit(file);
  found.sort((a, b) => a.start - b.start || a.end - b.end || (a.text < b.text ? -1 : 1));
  const seen = new Map();
  return found.map((mutant) => {
    const name = `${path} ${mutant.kind} ${mutant.before} → ${mutant.text}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return { key: createHash('sha256').update(`${name} ${before}`).digest('hex').slice(0, 24), ...mutant };
  });
}
