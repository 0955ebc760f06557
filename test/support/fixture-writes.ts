import type { WrittenDetailView, WrittenPage, WrittenView } from '#contract/record-views.ts'
import type { Input } from '#contract/requests.ts'
import type { EpochMs } from '#lib/clock.ts'
import { wantedBy } from '#main/history/written-filter.ts'

const clusters = ['prod-eu-west', 'prod-us-east', 'canary-eu', '生产环境-上海一区-电商核心集群']
const apps = [
  'checkout-api',
  'payments-gw',
  'search-index',
  'a-service-whose-name-somebody-took-great-care-to-make-long',
]

type Part = Partial<WrittenView> & Pick<WrittenView, 'verb' | 'resource'>

const kinds: readonly Part[] = [
  {
    verb: 'patch',
    resource: 'rollouts.argoproj.io',
    by: 'person',
    action: 'promote',
    rule: 'ACT-33',
    summary: 'End the pause',
    reason: 'p99 is as before, see CHG-4120',
  },
  {
    verb: 'patch',
    resource: 'rollouts.argoproj.io',
    subresource: 'status',
    rule: 'CAN-33',
    summary: 'Tell counts of pods and the step',
  },
  { verb: 'patch', resource: 'replicasets.apps', rule: 'CAN-41', summary: 'Scale up from 2 to 3', code: 409 },
  { verb: 'create', resource: 'events', code: 201, summary: 'RolloutStepCompleted' },
  { verb: 'update', resource: 'leases.coordination.k8s.io', namespace: 'argo-rollouts', count: 300 },
  { verb: 'patch', resource: 'services', rule: 'BG-12', summary: 'Switch the active Service', code: undefined },
]

/** The newest has the highest id. */
function aWrite(id: number, count: number, now: EpochMs): WrittenView {
  const part: Part = kinds[id % kinds.length] ?? { verb: 'patch', resource: 'services' }
  const isPerson = part.by === 'person'
  return {
    id,
    at: now - (count - id) * 3_700,
    context: clusters[id % clusters.length] ?? '',
    namespace: 'shop',
    name: part.resource.startsWith('leases') ? 'argo-rollouts-controller-lock' : (apps[id % apps.length] ?? ''),
    code: 200,
    by: 'engine',
    user: isPerson ? 'oidc:m.ortega@corp.example' : undefined,
    account: 'm.ortega',
    host: 'mac-214',
    count: 1,
    ...part,
  }
}

export function writesPage(count: number, now: EpochMs, query: Input<'history.writes'>): WrittenPage {
  const isMatch = wantedBy(query)
  const rows: WrittenView[] = []
  for (let id = Math.min(count, (query.before ?? count + 1) - 1); id > 0; id--) {
    const write = aWrite(id, count, now)
    if (!isMatch(write) || (query.context !== undefined && query.context !== write.context)) continue
    rows.push(write)
    if (rows.length === query.limit) return { rows, next: id }
  }
  return { rows, next: undefined }
}

export const writesContexts = clusters

export function aWriteDetail(id: number, count: number, now: EpochMs): WrittenDetailView {
  const write = aWrite(id, count, now)
  const json = {
    status: { pauseConditions: null, currentStepIndex: 3, conditions: [{ type: 'Progressing', status: 'True' }] },
  }
  return {
    ...write,
    via: write.by === 'person' ? 'window' : undefined,
    problem:
      write.code === 409 ? 'the object has been modified; please apply your changes to the latest version' : undefined,
    resourceVersion: '88123',
    since: write.count > 1 ? write.at - 600_000 : undefined,
    body: {
      type: 'application/merge-patch+json',
      text: JSON.stringify(json, undefined, 2),
      sha256: undefined,
      bytes: undefined,
    },
  }
}
