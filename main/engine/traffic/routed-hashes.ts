import { labels } from '#api/keys.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import { fieldAt, listAt, textAt } from './route-json.ts'
import type { RouteObject, Routes } from './routes.ts'

/**
 * The hashes that routers select pods by themselves: subsets of DestinationRules (SVC-26), and virtual nodes of App Mesh, which the
 * reference does not look at.
 */
export const routedHashes = ({ objects }: Routes): readonly string[] =>
  [...objects.values()].flatMap(({ ref, object }) => (selectors[ref.kind]?.(object) ?? []).map(hashIn))

/** Where a kind says which pods it sends to. */
const selectors: Readonly<Partial<Record<RouteKind, (object: RouteObject) => readonly unknown[]>>> = {
  destinationRules: (rule) => listAt(rule, 'spec', 'subsets').map((subset) => fieldAt(subset, 'labels')),
  meshVirtualNodes: (node) => [fieldAt(node, 'spec', 'podSelector', 'matchLabels')],
}

const hashIn = (selector: unknown): string => textAt(selector, labels.podTemplateHash)
