import type { EpochMs } from '#lib/clock.ts'
import { bucketBounds, requestsWithin, secondsSpent } from './latency.ts'
import type { Traffic } from './observe-traffic.ts'
import type { Labels, Series } from './promql/series.ts'
import type { CountedFlow, Flow, Totals, TrafficLog } from './traffic-log.ts'

interface Target {
  readonly namespace: string
  readonly service: string
  readonly log: TrafficLog
  readonly flow: Flow
}

interface Metric {
  readonly name: string
  /** One series for each set of labels and its count. */
  readonly series: (
    target: Target,
  ) => readonly { readonly labels: Labels; readonly count: (totals: Totals) => number }[]
}

/** What every client asks for and nothing serves: answers that are no fault of the server. */
const notFoundShare = 0.008

const codes: readonly (readonly [string, (totals: Totals) => number])[] = [
  ['200', ({ requests, errors }) => requests * (1 - notFoundShare) - errors],
  ['404', ({ requests }) => requests * notFoundShare],
  ['500', ({ errors }) => errors * 0.7],
  ['503', ({ errors }) => errors * 0.3],
]

const genericLabels = ({ namespace, service, log, flow }: Target): Labels => ({
  namespace,
  service,
  job: service,
  app: log.demand.app,
  version: flow.version,
  rollouts_pod_template_hash: flow.hash,
})

const istioLabels = ({ namespace, service, log, flow }: Target, reporter: string): Labels => ({
  reporter,
  destination_service: `${service}.${namespace}.svc.cluster.local`,
  destination_service_name: service,
  destination_service_namespace: namespace,
  destination_workload: log.demand.app,
  destination_workload_namespace: namespace,
  destination_version: flow.version,
  destination_canonical_revision: flow.hash,
  request_protocol: 'http',
})

const nginxLabels = ({ namespace, service, log, flow }: Target): Labels => ({
  namespace,
  exported_namespace: namespace,
  service,
  exported_service: service,
  ingress: log.demand.app,
  canary: '',
  rollouts_pod_template_hash: flow.hash,
})

const byCode = (labelsOf: (target: Target) => readonly Labels[], codeLabels: readonly string[]) => (target: Target) =>
  labelsOf(target).flatMap((labels) =>
    codes.map(([code, count]) => ({
      labels: { ...labels, ...Object.fromEntries(codeLabels.map((label) => [label, code])) },
      count,
    })),
  )

/** `_bucket`, `_sum` and `_count` of a latency histogram in seconds, or in milliseconds with a scale of 1000. */
function histogram(name: string, labelsOf: (target: Target) => readonly Labels[], scale: number): readonly Metric[] {
  const median = ({ log }: Target) => log.demand.latencySeconds
  const le = (bound: number) => (bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound * scale))
  return [
    {
      name: `${name}_bucket`,
      series: (target) =>
        labelsOf(target).flatMap((labels) =>
          bucketBounds.map((bound) => ({
            labels: { ...labels, le: le(bound) },
            count: ({ paces }: Totals) => requestsWithin(bound, paces, median(target)),
          })),
        ),
    },
    {
      name: `${name}_sum`,
      series: (target) =>
        labelsOf(target).map((labels) => ({
          labels,
          count: ({ paces }: Totals) => secondsSpent(paces, median(target)) * scale,
        })),
    },
    {
      name: `${name}_count`,
      series: (target) => labelsOf(target).map((labels) => ({ labels, count: ({ requests }: Totals) => requests })),
    },
  ]
}

const generic = (target: Target) => [{ ...genericLabels(target), method: 'GET' }]
const istio = (target: Target) => ['source', 'destination'].map((reporter) => istioLabels(target, reporter))
const nginx = (target: Target) => [nginxLabels(target)]

const metrics: readonly Metric[] = [
  { name: 'http_requests_total', series: byCode(generic, ['code', 'status']) },
  ...histogram('http_request_duration_seconds', generic, 1),
  { name: 'istio_requests_total', series: byCode(istio, ['response_code']) },
  ...histogram('istio_request_duration_milliseconds', istio, 1000),
  { name: 'nginx_ingress_controller_requests', series: byCode(nginx, ['status']) },
  ...histogram('nginx_ingress_controller_request_duration_seconds', nginx, 1),
]

/** Every series of a metric, or of all metrics when no name is given. Values are counted when asked for. */
export function seriesOf(traffic: Traffic, name: string | undefined): readonly Series[] {
  const wanted = metrics.filter((metric) => name === undefined || metric.name === name)
  return [...traffic].flatMap(([key, log]) => {
    const slash = key.indexOf('/')
    const [namespace, service] = [key.slice(0, slash), key.slice(slash + 1)]
    const reported = [...log.versions().values()].filter(({ conduct }) => conduct.isReported)
    return reported.flatMap((flow) =>
      wanted.flatMap((metric) =>
        metric
          .series({ namespace, service, log, flow })
          .map(({ labels, count }) => counter({ __name__: metric.name, ...labels }, log, flow.hash, count)),
      ),
    )
  })
}

function counter(labels: Labels, log: TrafficLog, hash: string, count: (totals: Totals) => number): Series {
  const at = (moment: EpochMs): CountedFlow | undefined => log.at(moment).get(hash)
  return {
    labels,
    at(moment) {
      const counted = at(moment)
      return counted === undefined || counted.until < moment ? undefined : count(counted.totals)
    },
    increase(from, to) {
      const end = at(to)
      if (end === undefined || end.until <= from) return undefined
      const start = at(from)
      return count(end.totals) - (start === undefined ? 0 : count(start.totals))
    },
  }
}
