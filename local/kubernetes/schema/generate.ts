/**
 * Reads the field names and shapes of Kubernetes objects from the type declarations of @pulumi/kubernetes
 * (themselves made from the OpenAPI document of Kubernetes 1.36) and writes them to fields.json, one line a type:
 *
 *   node -r @swc-node/register local/kubernetes/schema/generate.ts
 *
 * A line lists `name:shape`, or `name!:shape` where the field is required. Shapes: `s` string, `n` number,
 * `b` boolean, `ns` number or string, `any`, `{s}` map, `[x]` list, and the name of another type.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

export const FIELDS_FILE = join(__dirname, "fields.json");

/** The objects whose fields are wanted; what they refer to comes along. */
const ROOTS = [
  "autoscaling.v2.HorizontalPodAutoscaler",
  "apps.v1.Deployment",
  "core.v1.ConfigMap",
  "core.v1.LimitRange",
  "core.v1.Namespace",
  "core.v1.ResourceQuota",
  "core.v1.Secret",
  "core.v1.Service",
  "core.v1.ServiceAccount",
  "networking.v1.NetworkPolicy",
  "policy.v1.PodDisruptionBudget",
  "rbac.v1.ClusterRole",
  "rbac.v1.ClusterRoleBinding",
  "rbac.v1.Role",
  "rbac.v1.RoleBinding",
];

/** The content of fields.json, as the installed SDK has it. */
export function readFields(): Record<string, string> {
  const file = join(require.resolve("@pulumi/kubernetes/package.json"), "..", "types", "input.d.ts");
  const declarations = readDeclarations(file);
  const fields: Record<string, string> = {};
  const pending = [...ROOTS];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name in fields) continue;
    const declaration = declarations.get(name);
    if (declaration === undefined) throw new Error(`${file} declares no ${name}`);
    fields[name] = declaration.members.map((member) => describeField(member, pending)).join(" ");
  }
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readDeclarations(file: string): Map<string, ts.InterfaceDeclaration> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, false);
  const found = new Map<string, ts.InterfaceDeclaration>();
  const visit = (node: ts.Node, prefix: string): void => {
    if (ts.isModuleDeclaration(node)) {
      node.body?.forEachChild((child) => {
        visit(child, `${prefix}${node.name.text}.`);
      });
    } else if (ts.isInterfaceDeclaration(node)) found.set(`${prefix}${node.name.text}`, node);
  };
  source.forEachChild((child) => {
    visit(child, "");
  });
  return found;
}

function describeField(member: ts.TypeElement, referred: string[]): string {
  if (!ts.isPropertySignature(member) || member.type === undefined || !isNamed(member.name)) {
    throw new Error("Expected a property with a type in @pulumi/kubernetes/types/input.d.ts");
  }
  const name = member.name.text;
  const shape = name === "status" ? "any" : describeType(member.type, referred);
  return `${name}${member.questionToken === undefined ? "!" : ""}:${shape}`;
}

function isNamed(name: ts.PropertyName): name is ts.Identifier | ts.StringLiteral {
  return ts.isIdentifier(name) || ts.isStringLiteral(name);
}

function describeType(type: ts.TypeNode, referred: string[]): string {
  if (ts.isUnionTypeNode(type)) return describeUnion(type, referred);
  if (ts.isArrayTypeNode(type)) return `[${describeType(type.elementType, referred)}]`;
  if (ts.isTypeLiteralNode(type)) return describeMap(type, referred);
  if (ts.isLiteralTypeNode(type)) return "s";
  if (ts.isTypeReferenceNode(type)) {
    const name = entityName(type.typeName);
    const argument = type.typeArguments?.[0];
    if (name === "pulumi.Input" && argument !== undefined) return describeType(argument, referred);
    if (name.startsWith("enums.")) return "s";
    const target = name.replace(/^inputs\./, "");
    referred.push(target);
    return target;
  }
  switch (type.kind) {
    case ts.SyntaxKind.StringKeyword:
      return "s";
    case ts.SyntaxKind.NumberKeyword:
      return "n";
    case ts.SyntaxKind.BooleanKeyword:
      return "b";
    case ts.SyntaxKind.AnyKeyword:
      return "any";
    default:
      throw new Error(`No shape for the TypeScript type of kind ${ts.SyntaxKind[type.kind]}`);
  }
}

function describeUnion(type: ts.UnionTypeNode, referred: string[]): string {
  const parts = type.types
    .filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword)
    .map((part) => describeType(part, referred));
  const shapes = [...new Set(parts)].sort();
  const [only] = shapes;
  if (shapes.length === 1 && only !== undefined) return only;
  return shapes.join() === "n,s" ? "ns" : "any";
}

function describeMap(type: ts.TypeLiteralNode, referred: string[]): string {
  const [member] = type.members;
  if (member === undefined || !ts.isIndexSignatureDeclaration(member)) return "any";
  return `{${describeType(member.type, referred)}}`;
}

function entityName(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : `${entityName(name.left)}.${name.right.text}`;
}

if (require.main === module) writeFileSync(FIELDS_FILE, `${JSON.stringify(readFields(), null, 2)}\n`);
