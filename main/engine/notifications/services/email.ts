import { failure, success } from '#lib/outcome.ts'
import type { ServiceReader } from './service.ts'

/** By SMTP: the subject and body of the templates, else their message. */
export const email: ServiceReader = (options) => {
  const server = {
    host: options.text('host'),
    port: options.whole('port'),
    insecure: options.flag('insecure_skip_verify'),
    username: options.text('username'),
    password: options.text('password'),
  }
  const [from, isHtml] = [options.text('from'), options.flag('html')]
  return ({ message, blocks }, { recipient }) => {
    const to = recipient
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')
    if (to.length === 0) return failure('email: a recipient is needed')
    const { subject = '', body = '' } = blocks['email'] ?? {}
    return success({ kind: 'email', server, from, to, subject, body: body || message, isHtml })
  }
}
