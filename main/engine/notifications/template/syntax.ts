import type { Value } from '#engine/expr/values.ts'

/** The parts of a text template in Go's language. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | { readonly kind: 'if' | 'with' | 'range'; readonly pipe: Pipe; readonly body: Nodes; readonly otherwise: Nodes }
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly kind: 'break' | 'continue' }

export type Nodes = readonly Node[]

/** Commands, each of which gets what the one before gave as its last argument. */
export interface Pipe {
  /** `$x := …`; of a range up to two. */
  readonly variables: readonly string[]
  /** `$x = …`: they are there already. */
  readonly isAssignment: boolean
  readonly commands: readonly Command[]
}

export interface Command {
  readonly first: Operand
  readonly args: readonly Operand[]
}

export type Operand =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'function'; readonly name: string }
  /** `.a.b`, or `.` alone. */
  | { readonly kind: 'field'; readonly path: readonly string[] }
  /** `$x.a`; `$` is the variable without a name. */
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'pipe'; readonly pipe: Pipe; readonly path: readonly string[] }

/** What a template says, and those that it defines for itself. */
export interface Template {
  readonly nodes: Nodes
  readonly defined: ReadonlyMap<string, Nodes>
}

/** What is wrong with a template, or with what it does. */
export class TemplateError extends Error {
  /** The language has it, this interpreter does not. */
  readonly isUnsupported: boolean

  constructor(message: string, isUnsupported = false) {
    super(message)
    this.isUnsupported = isUnsupported
  }
}
