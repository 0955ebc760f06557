import type { ContainerStateDetail, ContainerStatus, Pod } from '#api/core.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { badRequest, notFound } from '../registry/status.ts'
import { hashText } from '../seeded.ts'
import { type Answer, failed } from './answer.ts'
import type { Call } from './call.ts'
import { isTrue } from './request-path.ts'

/** GET of `pods/log`: what a small web server would have written since its container started. */
export function servePodLog(call: Call, name: string): Answer {
  const pod = call.store.get(call.kind, { namespace: call.namespace, name }) as Pod | undefined
  if (pod === undefined) return failed(notFound(call.kind, name))
  const names = pod.spec.containers.map((each) => each.name)
  const [only, ...others] = names
  const container = call.query.get('container') ?? (others.length === 0 ? only : undefined)
  if (container === undefined)
    return failed(badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`))
  if (!names.includes(container)) return failed(badRequest(`container ${container} is not valid for pod ${name}`))
  return logOf(call, pod, container)
}

function logOf({ clock, query }: Call, pod: Pod, container: string): Answer {
  const status = pod.status?.containerStatuses?.find((each) => each.name === container)
  const wantsPrevious = isTrue(query.get('previous'))
  const run = wantsPrevious ? previousRun(status) : status?.state
  const startedAt = parseTime((run?.running ?? run?.terminated)?.startedAt)
  if (startedAt === undefined) return failed(badRequest(noLog(pod, container, run, wantsPrevious)))
  const lines = linesOf(pod, { image: status?.image, startedAt, ended: run?.terminated }, clock.now())
  return {
    code: 200,
    body: asked(lines, query)
      .map((line) => `${line}\n`)
      .join(''),
  }
}

/** With times and as many of the last lines as the query says. */
function asked(lines: readonly string[], query: URLSearchParams): readonly string[] {
  const shown = isTrue(query.get('timestamps')) ? lines.map((line) => `${line.split(' ')[0]} ${line}`) : lines
  const tail = Number(query.get('tailLines') ?? Number.POSITIVE_INFINITY)
  return tail >= shown.length ? shown : shown.slice(shown.length - tail)
}

type ContainerState = ContainerStatus['state']

const previousRun = (status: ContainerStatus | undefined): ContainerState =>
  status !== undefined && 'lastState' in status ? (status.lastState as ContainerState) : undefined

function noLog(pod: Pod, container: string, run: ContainerState, wantsPrevious: boolean): string {
  if (wantsPrevious) return `previous terminated container "${container}" in pod "${pod.metadata.name}" not found`
  const where = `container "${container}" in pod "${pod.metadata.name}"`
  return `${where} is waiting to start: ${run?.waiting?.reason ?? 'ContainerCreating'}`
}

const maxRequestLines = 200
const paths = ['/', '/healthz', '/api/items', '/api/items/42', '/metrics']

interface Run {
  readonly image: string | undefined
  readonly startedAt: EpochMs
  readonly ended: ContainerStateDetail | undefined
}

function linesOf(pod: Pod, { image = 'container', startedAt, ended }: Run, now: EpochMs): readonly string[] {
  const until = parseTime(ended?.finishedAt) ?? now
  const line = (at: EpochMs, text: string) => `${new Date(at).toISOString()} ${text}`
  const first = [line(startedAt, `starting ${image}`), line(startedAt + 400, 'listening on :8080')]
  const { uid = pod.metadata.name } = pod.metadata
  const seconds = Math.floor(Math.max(0, until - startedAt) / 1000)
  const oldest = Math.max(1, seconds - maxRequestLines)
  const requests = Array.from({ length: Math.max(0, seconds - oldest) }, (_, index) => {
    const roll = hashText(`${uid}/${oldest + index}`)
    const path = paths[roll % paths.length] ?? '/'
    return line(startedAt + (oldest + index) * 1000 + (roll % 1000), `GET ${path} 200 ${(roll % 90) + 3}ms`)
  })
  if (ended === undefined) return [...first, ...requests]
  const last = ended.exitCode === 0 ? 'finished' : `fatal: ${ended.reason ?? 'Error'}, exit code ${ended.exitCode ?? 1}`
  return [...first, ...requests, line(until, last)]
}
