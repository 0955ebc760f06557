import type { GoProgram } from '#test/testbed/build-program.ts'

/**
 * Traefik as published, but for three things that the Go module proxy does not serve: the providers of DNS challenges (certificates by
 * ACME), a fork of the library behind its middleware DigestAuth, and two structs without fields that are a module of their own in its
 * repository. No test meets any of them. Whatever reads routes and sends requests is Traefik's own.
 */
export const traefikProgram: GoProgram = {
  path: 'github.com/traefik/traefik/v3/cmd/traefik',
  module: 'github.com/traefik/traefik/v3',
  version: 'v3.7.13',
  standIns: [
    {
      module: 'github.com/go-acme/lego/v5',
      copyOf: { module: 'github.com/go-acme/lego/v5', version: 'v5.4.1', without: ['providers/dns'] },
      files: {
        'providers/dns/dns.go': [
          'package dns',
          'import ("errors"; "github.com/go-acme/lego/v5/challenge")',
          'func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {',
          '	return nil, errors.New("built without " + name)',
          '}',
        ],
      },
    },
    {
      module: 'github.com/abbot/go-http-auth',
      copyOf: { module: 'github.com/abbot/go-http-auth', version: 'v0.4.1-0.20220112235402-e1cee1c72f2f', without: [] },
      files: {
        'stale.go': [
          'package auth',
          'import "net/http"',
          'func (da *DigestAuth) RequireAuthStale(w http.ResponseWriter, r *http.Request) { da.RequireAuth(w, r) }',
        ],
      },
    },
    {
      module: 'github.com/traefik/traefik/dynamic/ext',
      files: {
        'go.mod': ['module github.com/traefik/traefik/dynamic/ext', 'go 1.26'],
        'ext.go': ['package ext', 'type HTTP struct{}', 'type Router struct{}'],
      },
    },
  ],
}
