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
  const wanted =
    call.query.get('container') ?? (pod.spec.containers.length === 1 ? pod.spec.containers[0]?.name : undefined)
  const names = pod.spec.containers.map((each) => each.name)
  if (wanted === undefined)
    return failed(badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`))
  if (!names.includes(wanted)) return failed(badRequest(`container ${wanted} is not valid for pod ${name}`))
  const status = pod.status?.containerStatuses?.find((each) => each.name === wanted)
  const startedAt = parseTime(status?.state?.running?.startedAt ?? status?.state?.terminated?.startedAt)
  if (startedAt === undefined) {
    const reason = status?.state?.waiting?.reason ?? 'ContainerCreating'
    return failed(
      badRequest(`container ${JSON.stringify(wanted)} in pod ${JSON.stringify(name)} is waiting to start: ${reason}`),
    )
  }
  const lines = linesOf(pod, status, startedAt, call.clock.now(), isTrue(call.query.get('timestamps')))
  const tail = call.query.get('tailLines')
  const shown = tail === null ? lines : lines.slice(-Number(tail) || lines.length)
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
