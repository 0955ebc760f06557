import type { PodTemplateSpec } from '#api/core.ts'
import { parseRolloutKey } from '#contract/keys.ts'
import type { Input } from '#contract/requests.ts'
import type { DiffView } from '#contract/views.ts'
import { templateAsWritten } from '#engine/pod-template/template-equal.ts'
import { revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import { templateVersion } from '#main/fleet/image-version.ts'
import { storedTemplate } from '#main/history/reader.ts'
import { diffTemplates, type TemplateSide } from '#main/history/revision-diff.ts'
import { secretPrints } from '#main/history/secret-prints.ts'
import type { History } from '#main/history/store.ts'

type Side = Input<'revision.diff'>['left']

interface Sources {
  readonly fleet: Pick<FleetSource, 'parts'>
  readonly history: History
}

/** Two pod templates side by side: from the cluster where it can be seen, else from the archive. */
export function diffRevisions(sources: Sources, left: Side, right: Side): Outcome<DiffView, Failure> {
  const [from, to] = [templateOf(sources, left), templateOf(sources, right)]
  if (from === undefined) return failure(notKnown(left))
  if (to === undefined) return failure(notKnown(right))
  return success(diffTemplates(from, to, secretPrints(sources.history)))
}

function templateOf({ fleet, history }: Sources, { key, revision }: Side): TemplateSide | undefined {
  const name = titleOf({ key, revision })
  const live = liveTemplate(fleet, { key, revision })
  if (live !== undefined) return side(name, revision, live, undefined, templateVersion(live))
  if (revision === 'spec') return undefined
  const stored = storedTemplate(history, key, revision)
  return stored === undefined ? undefined : side(name, revision, stored.template, stored.capturedAt, stored.version)
}

const side = (
  title: string,
  revision: Side['revision'],
  template: PodTemplateSpec,
  capturedAt: EpochMs | undefined,
  version: string | undefined,
): TemplateSide => ({ title, revision: revision === 'spec' ? undefined : revision, template, capturedAt, version })

function liveTemplate(fleet: Sources['fleet'], { key, revision }: Side): PodTemplateSpec | undefined {
  const parts = fleet.parts(key)
  if (parts === undefined) return undefined
  if (revision !== 'spec') {
    const rs = parts.replicaSets.find((each) => revisionOf(each) === revision)
    return rs === undefined ? undefined : templateAsWritten(rs)
  }
  const { workload, rollout } = parts
  if (workload === undefined) return rollout.spec.template
  return workload.kind === 'PodTemplate' ? workload.template : workload.spec.template
}

function titleOf({ key, revision }: Side): string {
  const at = parseRolloutKey(key)
  const where = at === undefined ? key : `${at.name} · ${at.context}`
  return revision === 'spec' ? `${where} · spec` : `${where} · revision ${revision}`
}

const notKnown = ({ key, revision }: Side): Failure => ({
  kind: 'NotFound',
  resource: 'revisions',
  name: String(revision),
  message: `${titleOf({ key, revision })} is neither in the cluster nor in the history.`,
})
