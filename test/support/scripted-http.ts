import { type Outcome, success } from '#lib/outcome.ts'
import type { Http, HttpAnswer, HttpCall } from '#main/metrics/http/http.ts'

export interface ScriptedHttp {
  readonly http: Http
  readonly calls: readonly HttpCall[]
}

export type Scripted = Partial<Omit<HttpAnswer, 'header'>> & { readonly headers?: Readonly<Record<string, string>> }

/** Answers in order, the last of them for ever; a text is a failure of the transport, a value that is no answer a JSON body. */
export function scriptedHttp(...answers: readonly (Scripted | string)[]): ScriptedHttp {
  const calls: HttpCall[] = []
  const http: Http = (call) => {
    const answer = answers[Math.min(calls.push(call), answers.length) - 1] ?? 'no answer was written for this'
    return Promise.resolve<Outcome<HttpAnswer, string>>(
      typeof answer === 'string' ? { ok: false, error: answer } : success(asAnswer(answer)),
    )
  }
  return { http, calls }
}

const asAnswer = ({ status = 200, statusText = 'OK', body = '', headers = {} }: Scripted): HttpAnswer => ({
  status,
  statusText,
  body,
  header: (name) => headers[name],
})

export const json = (body: unknown, status = 200): Scripted => ({
  status,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})
