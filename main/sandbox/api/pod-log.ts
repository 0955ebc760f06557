import type { ContainerStatus, Pod } from '#api/core.ts'
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
  const { running, terminated, waiting } = status?.state ?? {}
  const startedAt = parseTime((running ?? terminated)?.startedAt)
  if (startedAt === undefined) {
    const reason = waiting?.reason ?? 'ContainerCreating'
    const where = `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)}`
    return failed(badRequest(`${where} is waiting to start: ${reason}`))
  }
  const lines = linesOf(pod, status, startedAt, clock.now(), isTrue(query.get('timestamps')))
  const tail = Number(query.get('tailLines') ?? Number.POSITIVE_INFINITY)
  const shown = tail >= lines.length ? lines : lines.slice(lines.length - tail)
  return { code: 200, body: shown.map((line) => `${line}\n`).join('') }
}

const maxRequestLines = 200
const paths = ['/', '/healthz', '/api/items', '/api/items/42', '/metrics']

function linesOf(
  pod: Pod,
  status: ContainerStatus | undefined,
  startedAt: EpochMs,
  now: EpochMs,
  withTimes: boolean,
): readonly string[] {
  const ended = status?.state?.terminated
  const until = parseTime(ended?.finishedAt) ?? now
  const line = (at: EpochMs, text: string) => {
    const time = new Date(at).toISOString()
    return withTimes ? `${time} ${time} ${text}` : `${time} ${text}`
  }
  const first = [
    line(startedAt, `starting ${status?.image ?? 'container'}`),
    line(startedAt + 400, 'listening on :8080'),
  ]
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
