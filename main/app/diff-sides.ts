import type { Deployment } from '#api/apps.ts'
import type { PodTemplateSpec } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import type { DiffSideInput } from '#contract/diff-requests.ts'
import { parseRolloutKey } from '#contract/keys.ts'
import type { RolloutKey } from '#contract/views.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { templateAsWritten } from '#engine/pod-template/template-equal.ts'
import { revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { decodeJson } from '#lib/decode-json.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ComparedSide } from '#main/diff/compare.ts'
import type { Manifest } from '#main/diff/document.ts'
import { readManifestText } from '#main/diff/manifest-text.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import { templateVersion } from '#main/fleet/image-version.ts'
import { type RolloutParts, referredDeployment } from '#main/fleet/rollout-parts.ts'
import { objectAt, recordedObjects, recordGaps } from '#main/history/objects/object-reader.ts'
import { storedTemplate } from '#main/history/reader.ts'
import type { History } from '#main/history/store.ts'

export interface DiffSources {
  readonly fleet: Pick<FleetSource, 'parts'>
  readonly history: History
  /** Writes to the record what was seen until now. */
  readonly upToNow: () => void
}

/** What is to be compared, wherever it is. `other`: the side that it is compared with. */
export function readSide(
  sources: DiffSources,
  side: DiffSideInput,
  other: DiffSideInput,
): Outcome<ComparedSide, Failure> {
  switch (side.kind) {
    case 'revision':
      return revisionSide(sources, side.key, side.revision)
    case 'live':
      return liveSide(sources, side.key)
    case 'applied':
      return appliedSide(sources, side.key)
    case 'moment':
      return momentSide(sources, side.key, side.at)
    case 'text':
      return textSide(side, 'key' in other ? other.key : undefined)
  }
}

function revisionSide(
  { fleet, history }: DiffSources,
  key: RolloutKey,
  revision: number,
): Outcome<ComparedSide, Failure> {
  const title = `${whereOf(key)} · revision ${revision}`
  const rs = fleet.parts(key)?.replicaSets.find((each) => revisionOf(each) === revision)
  if (rs !== undefined) return success(templateSide(title, templateAsWritten(rs), { revision }))
  const stored = storedTemplate(history, key, revision)
  if (stored === undefined)
    return failure(notKnown(String(revision), `${title} is neither in the cluster nor in the history.`))
  return success(templateSide(title, stored.template, { revision, ...stored }))
}

function templateSide(
  title: string,
  template: PodTemplateSpec,
  about: Partial<Pick<ComparedSide, 'revision' | 'capturedAt' | 'version'>>,
): ComparedSide {
  const { revision, capturedAt, version = templateVersion(template) } = about
  return { title, revision, capturedAt, version, manifest: { kind: 'template', template } }
}

function liveSide({ fleet }: DiffSources, key: RolloutKey): Outcome<ComparedSide, Failure> {
  const parts = fleet.parts(key)
  const title = `${whereOf(key)} · spec`
  if (parts === undefined) return failure(notKnown('spec', `${title} is not there, or its cluster cannot be read.`))
  return success(rolloutSide(title, liveManifest(parts), undefined))
}

/** With the template it borrows, where it has none of its own. */
export function liveManifest({ rollout, workload }: Pick<RolloutParts, 'rollout' | 'workload'>): Manifest {
  const borrowed =
    workload === undefined ? undefined : workload.kind === 'PodTemplate' ? workload.template : workload.spec.template
  return manifestOf(rollout, borrowed)
}

const manifestOf = ({ metadata, spec }: Rollout, borrowed: PodTemplateSpec | undefined): Manifest => ({
  kind: 'rollout',
  metadata: { ...metadata },
  spec: { ...spec, ...(borrowed !== undefined && { template: borrowed }) },
})

function rolloutSide(title: string, manifest: Manifest, capturedAt: number | undefined): ComparedSide {
  const template = manifest.kind === 'rollout' ? manifest.spec['template'] : undefined
  const version = isRecord(template) ? templateVersion(template as PodTemplateSpec) : undefined
  return { title, revision: undefined, version, capturedAt, manifest }
}

function appliedSide({ fleet }: DiffSources, key: RolloutKey): Outcome<ComparedSide, Failure> {
  const title = `${whereOf(key)} · last applied`
  const { annotations = {} } = fleet.parts(key)?.rollout.metadata ?? {}
  const text = annotations['kubectl.kubernetes.io/last-applied-configuration']
  if (text === undefined)
    return failure(
      notKnown(
        'last-applied',
        `${whereOf(key)} was not applied with kubectl apply, or not from the client's side: there is no copy of what was applied.`,
      ),
    )
  const decoded = decodeJson(text)
  const read = decoded.ok ? decoded.value : undefined
  if (!isRecord(read) || !isRecord(read['spec']))
    return failure(invalid(`What was applied last to ${whereOf(key)} cannot be read.`))
  const metadata = isRecord(read['metadata']) ? read['metadata'] : {}
  return success(rolloutSide(title, { kind: 'rollout', metadata, spec: read['spec'] }, undefined))
}

function momentSide({ history, upToNow }: DiffSources, key: RolloutKey, at: number): Outcome<ComparedSide, Failure> {
  const address = parseRolloutKey(key)
  if (address === undefined) return failure(notKnown(key, `${key} is no rollout.`))
  upToNow()
  const { context, namespace, name } = address
  const then = (kind: string, of: string): KubeObject | undefined =>
    recordedObjects(history, { context, kind, namespace, name: of })
      .map(({ id }) => objectAt(history, id, at))
      .findLast((each) => each !== undefined) as KubeObject | undefined
  const rollout = then('rollouts', name) as Rollout | undefined
  if (rollout === undefined)
    return failure(notKnown(name, `${whereOf(key)} was not there at that time, or nobody recorded it.`))
  const named = referredDeployment(rollout)?.split('/')[1]
  const borrowed = named === undefined ? undefined : (then('deployments', named) as Deployment | undefined)
  const unrecorded = recordGaps(history, context, at - 1, at).length > 0
  return success({ ...rolloutSide(whereOf(key), manifestOf(rollout, borrowed?.spec.template), at), unrecorded })
}

function textSide(
  { name, text }: Extract<DiffSideInput, { kind: 'text' }>,
  other: RolloutKey | undefined,
): Outcome<ComparedSide, Failure> {
  const wanted = other === undefined ? undefined : parseRolloutKey(other)?.name
  const read = readManifestText(text, wanted)
  if (!read.ok) return failure(invalid(`${name}: ${read.error}`))
  const { manifest, title } = read.value
  const shown = `${name} · ${title}`
  return success(
    manifest.kind === 'template' ? templateSide(shown, manifest.template, {}) : rolloutSide(shown, manifest, undefined),
  )
}

function whereOf(key: RolloutKey): string {
  const at = parseRolloutKey(key)
  return at === undefined ? key : `${at.name} · ${at.context}`
}

const notKnown = (name: string, message: string): Failure => ({
  kind: 'NotFound',
  resource: 'revisions',
  name,
  message,
})
const invalid = (message: string): Failure => ({ kind: 'Invalid', message, causes: [] })
