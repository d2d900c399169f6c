// An OpenID provider that others made (npm oidc-provider), for one test: prints its issuer once it listens.
// Usage: node provider.mjs REDIRECT_URI
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [redirectUri] = process.argv.slice(2);
const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const people = { lu: { name: "陆晓禾", id_number: "11010519491231002X" }, nameless: {} };
const provider = new Provider(issuer, {
  clients: [{
    client_id: "minsheng",
    client_secret: "for-tests-only-0123456789abcdef",
    redirect_uris: [redirectUri],
    response_types: ["code"],
    grant_types: ["authorization_code"],
  }],
  claims: { openid: ["sub"], profile: ["name", "id_number"] },
  findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["for tests only"] },
});
server.on("request", provider.callback());
console.log(issuer);
