import { parseAllDocuments } from 'yaml'
import type { PodTemplateSpec } from '#api/core.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Manifest } from './document.ts'

/** A manifest out of a text, and what it is called there. */
export interface ReadManifest {
  readonly manifest: Manifest
  /** `Rollout web`. */
  readonly title: string
}

const withTemplate: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'])

/**
 * Reads YAML or JSON with one or more objects. Of several the Rollout of the wanted name is taken, or the only object with a pod template.
 * The failure is one sentence, with the line where there is one.
 */
export function readManifestText(text: string, wanted: string | undefined): Outcome<ReadManifest, string> {
  const documents = parseAllDocuments(text, { prettyErrors: true })
  if (documents.length === 0) return failure('The file is empty.')
  const objects: unknown[] = []
  for (const document of documents) {
    const [error] = document.errors
    if (error !== undefined) return failure(`It is no YAML: ${firstLine(error.message)}`)
    try {
      objects.push(document.toJS({ maxAliasCount: 100 }))
    } catch (thrown) {
      return failure(
        `It is no YAML that can be read: ${thrown instanceof Error ? firstLine(thrown.message) : 'too many aliases'}`,
      )
    }
  }
  const found = objects.flatMap(itemsOf).flatMap(manifestOf)
  return chosen(found, wanted)
}

const firstLine = (message: string): string => (message.split('\n')[0] ?? '').replace(/:$/, '.')

const itemsOf = (object: unknown): readonly unknown[] =>
  isRecord(object) && Array.isArray(object['items']) ? object['items'] : [object]

interface Found extends ReadManifest {
  readonly kind: string
  readonly name: string
}

function manifestOf(object: unknown): readonly Found[] {
  if (!isRecord(object)) return []
  const { metadata, spec, kind } = object
  if (typeof kind !== 'string' || !isRecord(spec)) return []
  const named = isRecord(metadata) ? metadata : {}
  const name = typeof named['name'] === 'string' ? named['name'] : ''
  const about = { kind, name, title: `${kind} ${name}`.trim() }
  if (kind === 'Rollout') return [{ ...about, manifest: { kind: 'rollout', metadata: named, spec } }]
  if (!withTemplate.has(kind) || !isRecord(spec['template'])) return []
  return [{ ...about, manifest: { kind: 'template', template: spec['template'] as PodTemplateSpec } }]
}

function chosen(found: readonly Found[], wanted: string | undefined): Outcome<ReadManifest, string> {
  const rollouts = found.filter(({ kind }) => kind === 'Rollout')
  const candidates = rollouts.length > 0 ? rollouts : found
  const named = candidates.filter(({ name }) => name === wanted)
  const [only, ...more] = named.length > 0 ? named : candidates
  if (only === undefined) return failure('There is no Rollout in it, and nothing else with a pod template.')
  if (more.length === 0) return success(only)
  const names = [only, ...more].map(({ title }) => title).join(', ')
  return failure(`It holds several objects, and none is ${wanted ?? 'named'} alone: ${names}.`)
}
