// All requests of the console, by the names of the OpenAPI document.
export const operations = {
  get_me: "GET /v1/me",
};

/** Calls an operation with a token; its answer as JSON. */
export async function call(name, token) {
  const [method, path] = operations[name].split(" ");
  const answer = await fetch(path, { method, headers: { Authorization: `Bearer ${token}` } });
  return answer.json();
}

/** Who the token is for. */
export const me = (token) => call("get_me", token);
