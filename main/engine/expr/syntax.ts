/** The parts an expression is made of. */
export type Node =
  | { readonly kind: 'nil' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** A whole number is a bigint, any other a float. */
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Node, Node])[] }
  | { readonly kind: 'name'; readonly name: string }
  /** `#`, `#index`, `#acc`: what a predicate is about. */
  | { readonly kind: 'pointer'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly of: Node }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'condition'; readonly test: Node; readonly yes: Node; readonly no: Node }
  /** `a.b`, `a[b]`, `a?.b`. */
  | { readonly kind: 'member'; readonly of: Node; readonly key: Node; readonly optional: boolean }
  | { readonly kind: 'slice'; readonly of: Node; readonly from: Node | undefined; readonly to: Node | undefined }
  /** Where a `?.` that meets nil ends everything that hangs on it. */
  | { readonly kind: 'chain'; readonly of: Node }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'method'; readonly of: Node; readonly name: string; readonly args: readonly Node[] }
  /** The part of a built-in that is evaluated for each element. */
  | { readonly kind: 'predicate'; readonly body: Node }
  | { readonly kind: 'let'; readonly name: string; readonly value: Node; readonly body: Node }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }

export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'nil':
    case 'boolean':
    case 'number':
    case 'string':
    case 'name':
    case 'pointer':
      return []
    case 'list':
      return node.items
    case 'map':
      return node.entries.flat()
    case 'unary':
    case 'chain':
      return [node.of]
    case 'binary':
      return [node.left, node.right]
    case 'condition':
      return [node.test, node.yes, node.no]
    case 'member':
      return [node.of, node.key]
    case 'slice':
      return [node.of, node.from, node.to].filter((each) => each !== undefined)
    case 'call':
      return node.args
    case 'method':
      return [node.of, ...node.args]
    case 'predicate':
      return [node.body]
    case 'let':
      return [node.value, node.body]
    case 'sequence':
      return node.nodes
  }
}

export type UnaryOperator = 'not' | '!' | '-' | '+'

export const binaryPrecedence = {
  '|': 0,
  or: 10,
  '||': 10,
  and: 15,
  '&&': 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '>': 20,
  '>=': 20,
  '<=': 20,
  in: 20,
  matches: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  '..': 25,
  '+': 30,
  '-': 30,
  '*': 60,
  '/': 60,
  '%': 60,
  '**': 100,
  '^': 100,
  '??': 500,
} as const

export type BinaryOperator = keyof typeof binaryPrecedence

export const unaryPrecedence = { not: 50, '!': 50, '-': 90, '+': 90 } as const

/** What follows the list in a built-in that takes a predicate (ANA-1306). */
export const predicateArguments: Readonly<Record<string, readonly ('predicate' | 'optionalPredicate' | 'optional')[]>> =
  {
    all: ['predicate'],
    any: ['predicate'],
    none: ['predicate'],
    one: ['predicate'],
    filter: ['predicate'],
    map: ['predicate'],
    count: ['optionalPredicate'],
    sum: ['optionalPredicate'],
    find: ['predicate'],
    findIndex: ['predicate'],
    findLast: ['predicate'],
    findLastIndex: ['predicate'],
    groupBy: ['predicate'],
    sortBy: ['predicate', 'optional'],
    reduce: ['predicate', 'optional'],
  }
