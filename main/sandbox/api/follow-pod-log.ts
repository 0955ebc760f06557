import type { ServerResponse } from 'node:http'
import type { Pod } from '#api/core.ts'
import type { Dispose } from '#lib/clock.ts'
import { send } from './answer.ts'
import type { Call } from './call.ts'
import { servePodLog } from './pod-log.ts'

const everyMs = 1000

/**
 * Answers a log that is followed: what there is, then what comes, until the container ends, the client leaves, or the answer
 * is ended by what is returned. `onEnd` is called once.
 */
export function followPodLog(call: Call, name: string, response: ServerResponse, onEnd: () => void): Dispose {
  const { store, kind, clock, namespace } = call
  const first = servePodLog(call, name)
  if (first.code !== 200) {
    send(response, first)
    onEnd()
    return () => undefined
  }
  const whole: Call = { ...call, query: withoutTail(call.query) }
  let cancel: Dispose = () => undefined
  let shown = timeOfLast(String(servePodLog(whole, name).body))
  let ended = false

  const end = () => {
    if (ended) return
    ended = true
    cancel()
    response.end()
    onEnd()
  }
  const look = () => {
    const { code, body } = servePodLog(whole, name)
    const lines = code === 200 ? linesOf(String(body)).filter((line) => timeOf(line) > shown) : []
    if (lines.length > 0) response.write(lines.map((line) => `${line}\n`).join(''))
    shown = timeOf(lines.at(-1) ?? '') || shown
    if (isOver(store.get(kind, { namespace, name }) as Pod | undefined)) end()
    else cancel = clock.after(everyMs, look)
  }

  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache, private' })
  response.write(String(first.body))
  response.on('close', end)
  look()
  return end
}

function withoutTail(query: URLSearchParams): URLSearchParams {
  const whole = new URLSearchParams(query)
  whole.delete('tailLines')
  return whole
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

/** Each line begins with its time, in a form that sorts. */
const timeOf = (line: string): string => line.split(' ')[0] ?? ''
const timeOfLast = (text: string): string => timeOf(linesOf(text).at(-1) ?? '')

/** Nothing of the pod runs any more; a restart begins another log. */
const isOver = (pod: Pod | undefined): boolean =>
  pod?.status?.containerStatuses?.some((each) => each.state?.running !== undefined) !== true
