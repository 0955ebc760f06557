import { flag, int64, list, object, opaque, text } from './schema.ts'

export const authentication = object('How the request shows who it is from.', {
  basicAuth: object('With name and password.', { password: text('The password.'), username: text('The name.') }),
  oauth2: object('With a token of the client credentials flow.', {
    clientId: text('The client.'),
    clientSecret: text('Its secret.'),
    scopes: list('What is asked for.', text()),
    tokenUrl: text('Where the token comes from.'),
  }),
  sigv4: object('With a signature of Amazon’s.', {
    profile: text('The profile of the shared configuration.'),
    region: text('The region.'),
    roleArn: text('The role to take on.'),
  }),
})

export const headers = list(
  'Headers of the request.',
  object('One header.', { key: text('Its name.'), value: text('Its value.') }, ['key', 'value']),
)

/** Any HTTP server that answers with JSON. */
export const web = object(
  'Any HTTP server that answers with JSON.',
  {
    authentication,
    body: text('The body of the request. Not together with jsonBody.'),
    headers,
    insecure: flag('Does not check the certificate of the server.'),
    jsonBody: opaque('The body of the request as JSON. Not together with body.'),
    jsonPath: text('Which part of the answer is the value, such as {$.data.ok}; all of it when absent.'),
    method: text('GET, POST or PUT; GET when absent.'),
    timeoutSeconds: int64('Seconds to wait for an answer; 10 when absent.'),
    url: text('The address.'),
  },
  ['url'],
)
