import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { awsCredentials } from '#main/aws/credentials.ts'
import { aWebOfServers } from '#test/support/http-server.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const folder = mkdtempSync(join(tmpdir(), 'argosy-aws-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const credentialsFile = join(folder, 'credentials')
const configFile = join(folder, 'config')
writeFileSync(credentialsFile, '[team]\naws_access_key_id = TEAM\naws_secret_access_key = t\n')
writeFileSync(configFile, '[profile other]\ncredential_process = sleep 3\n')

const files = { AWS_SHARED_CREDENTIALS_FILE: credentialsFile, AWS_CONFIG_FILE: configFile }
const own = { AWS_ACCESS_KEY_ID: 'OWN', AWS_SECRET_ACCESS_KEY: 'o' }

function found(env: Readonly<Record<string, string>>, profile = '', clock = new VirtualClock()) {
  return awsCredentials(
    { profile, roleArn: '', region: 'eu-west-1', env: { ...files, ...env } },
    { clock, timeoutMs: 5000 },
  )
}

it.each([
  [own, '', 'OWN'],
  [own, 'team', 'TEAM'],
  [{ AWS_PROFILE: 'team' }, '', 'TEAM'],
  [{ ...own, AWS_PROFILE: 'team' }, '', 'OWN'],
])('PRV-205, PRV-1502: with settings %j and profile %j it is %s', async (env, profile, accessKeyId) => {
  expect(await found(env, profile)).toMatchObject({ ok: true, value: { accessKeyId } })
})

it('PRV-205: a profile that nobody has is told', async () => {
  expect(await found({}, 'nobody')).toMatchObject({ ok: false, error: expect.stringContaining('nobody') })
})

describe('a role', () => {
  const web = aWebOfServers()
  const answer = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>r</SecretAccessKey><SessionToken>session</SessionToken>
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
  afterEach(() => vi.unstubAllEnvs())

  it('PRV-205: is assumed with the credentials that were found', async () => {
    const sts = await web.server((_, reply) => reply.text(200, answer, { 'Content-Type': 'text/xml' }))
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url)
    const identity = { profile: 'team', roleArn: 'arn:aws:iam::1:role/metrics', region: 'eu-west-1', env: files }
    expect(await awsCredentials(identity, { clock: new VirtualClock(), timeoutMs: 5000 })).toMatchObject({
      ok: true,
      value: { accessKeyId: 'ROLE', secretAccessKey: 'r', sessionToken: 'session' },
    })
    expect(Object.fromEntries(new URLSearchParams(sts.requests[0]?.body))).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: 'arn:aws:iam::1:role/metrics',
      RoleSessionName: 'argosy',
    })
    expect(sts.requests[0]?.headers.authorization).toContain('Credential=TEAM/')
  })

  it('PRV-205: that may not be assumed is told', async () => {
    const refusal = '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>'
    const sts = await web.server((_, reply) => reply.text(403, refusal, { 'Content-Type': 'text/xml' }))
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url)
    const identity = { profile: '', roleArn: 'arn:aws:iam::1:role/metrics', region: 'eu-west-1', env: own }
    expect(await awsCredentials(identity, { clock: new VirtualClock(), timeoutMs: 5000 })).toEqual({
      ok: false,
      error: 'not you',
    })
  })
})

it('PRV-1403: whoever takes too long is not waited for', async () => {
  const clock = new VirtualClock()
  const waiting = found({}, 'other', clock)
  await import('@aws-sdk/credential-providers')
  await clock.advance(5000)
  expect(await waiting).toEqual({ ok: false, error: 'context deadline exceeded' })
})
