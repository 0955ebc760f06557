import { expect, it } from 'vitest'
import type { Exchange } from '#main/metrics/http/exchange.ts'
import { locationOf, redirected } from '#main/metrics/http/redirect.ts'

const asked: Exchange = {
  method: 'POST',
  url: new URL('https://ada:s3cret@example.test/a/b?c=d'),
  headers: new Map([
    ['authorization', 'Bearer x'],
    ['cookie', 'a=b'],
    ['content-type', 'text/x'],
    ['x-own', '1'],
  ]),
  body: 'ping',
  insecure: true,
  signal: new AbortController().signal,
}

const after = (status: number, location: string): Exchange => {
  const next = redirected(asked, status, location)
  if (!next.ok) throw new Error(next.error)
  return next.value
}

it.each([
  ['../x', 'https://ada:s3cret@example.test/x'],
  ['//other.test/x', 'https://other.test/x'],
  ['?q', 'https://ada:s3cret@example.test/a/b?q'],
])('PRV-110: %s is read from where it was sent', (location, href) => {
  expect(after(302, location).url.href).toBe(href)
})

it.each([
  ['https://example.test/', true],
  ['https://example.test:444/', true],
  ['https://sub.example.test/', true],
  ['https://badexample.test/', false],
  ['https://other.test/', false],
])('PRV-110: credentials go along to %s: %s', (location, along) => {
  const { headers } = after(307, location)
  expect([headers.has('authorization'), headers.has('cookie'), headers.get('x-own')]).toEqual([along, along, '1'])
})

it('PRV-110: the page before is named without its password, and not to whoever can be overheard', () => {
  expect(after(302, '/x').headers.get('referer')).toBe('https://example.test/a/b?c=d')
  expect(after(302, 'http://example.test/x').headers.has('referer')).toBe(false)
})

it('PRV-110: method, body and trust', () => {
  expect(after(308, '/x')).toMatchObject({ method: 'POST', body: 'ping', insecure: true })
  expect(after(303, '/x')).toMatchObject({ method: 'GET', body: undefined, insecure: true })
})

it.each([
  [200, '/x', undefined],
  [304, '/x', undefined],
  [302, '', undefined],
  [302, undefined, undefined],
  [302, '/x', '/x'],
])('PRV-110: %i with Location %s leads %s', (status, location, led) => {
  expect(locationOf({ status, statusText: '', headers: { location }, body: '' })).toBe(led)
})
