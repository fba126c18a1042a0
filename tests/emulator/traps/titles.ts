/** Titles of tests, read from the files that have them. */
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import ts from "typescript";

const TESTS = path.resolve(__dirname, "../..");

/**
 * Titles of the tests in a file, those of the rows of their tables included: the first text of a row, or its property
 * `title` or `what`. A test that is skipped, and a text that stands anywhere else, is no title.
 * @param file below tests/, without its ending; a file that is told in parts (`<file>.<part>.test.ts`) is read as one
 */
export function titlesIn(file: string): ReadonlySet<string> {
  const [folder, name] = [path.join(TESTS, path.dirname(file)), path.basename(file)];
  const parts = ts.sys.directoryExists(folder) ? readdirSync(folder).sort() : [];
  const texts = parts
    .filter((part) => part.startsWith(`${name}.`) && /\.(test|matrix)\.ts$/.test(part))
    .map((part) => readFileSync(path.join(folder, part), "utf8"));
  return new Set(texts.flatMap((text) => [...titlesOf(text)]));
}

export function titlesOf(text: string): ReadonlySet<string> {
  const source = ts.createSourceFile("tests.ts", text, ts.ScriptTarget.Latest, true);
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    const title = titleOfCall(node, source) ?? titleOfRow(node);
    if (title !== undefined) titles.add(title);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

function titleOfCall(node: ts.Node, source: ts.SourceFile): string | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const called = node.expression.getText(source);
  const isTest = called === "test" || called.startsWith("test.each");
  return isTest ? textOf(node.arguments[0]) : undefined;
}

function titleOfRow(node: ts.Node): string | undefined {
  const { parent } = node as { readonly parent?: ts.Node };
  if (parent === undefined || !ts.isArrayLiteralExpression(parent)) return undefined;
  if (ts.isArrayLiteralExpression(node)) return textOf(node.elements[0]);
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const named = node.properties
    .filter(ts.isPropertyAssignment)
    .find(({ name }) => ts.isIdentifier(name) && ["title", "what"].includes(name.text));
  return textOf(named?.initializer);
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}
