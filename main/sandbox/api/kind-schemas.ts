import type { ServedKind } from '../registry/kinds.ts'
import type { Schema } from '../registry/structural-schema.ts'

/** What is known of the fields of a kind; `undefined` when anything goes. */
export const schemaOf = (kind: ServedKind): Schema | undefined => kind.custom?.schema
