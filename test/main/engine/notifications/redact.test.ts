import { expect, it } from 'vitest'
import { parseConfiguration } from '#engine/notifications/configuration.ts'
import { withoutSecrets } from '#engine/notifications/redact.ts'

it('OPS-173: no text holds a value of the Secret, whole or as part of an address; short ones stay', () => {
  const read = parseConfiguration({}, { token: 's3cret/+', longer: 's3cret/+more\n', short: 'no' })
  const configuration = read.ok ? read.value : undefined
  expect(configuration && withoutSecrets('no: s3cret/+ s3cret%2F%2B s3cret/+more', configuration)).toBe(
    'no: [redacted] [redacted] [redacted]',
  )
})
