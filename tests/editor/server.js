// What an editor shows of JSON files: a request a line on standard input, its answer a line on standard output.
//
//   {"ask": "diagnostics", "path": "…", "text": "…"}
//   {"ask": "completions", "path": "…", "text": "…", "at": 17}
//   {"ask": "hover",       "path": "…", "text": "…", "at": 17}
//
// `at` counts UTF-16 units. Schemas are found as in VS Code: by `$schema`, which is relative to the file that names it.
// Files alone are read, nothing is fetched.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import languageService from "vscode-json-languageservice";

const { getLanguageService, TextDocument } = languageService; // a CommonJS module

const service = getLanguageService({
  schemaRequestService: async (uri) => {
    if (!uri.startsWith("file:")) throw new Error(`not a file: ${uri}`);
    return readFile(new URL(uri), "utf8");
  },
  workspaceContext: { resolveRelativePath: (path, resource) => new URL(path, resource).href },
});
service.configure({ validate: true });

const answers = {
  diagnostics: async (document, parsed) => {
    const settings = { comments: "error", trailingCommas: "error", schemaValidation: "error", schemaRequest: "error" };
    const found = await service.doValidation(document, parsed, settings);
    return found.map(({ message, range, severity }) => ({ message, line: range.start.line + 1, severity }));
  },
  completions: async (document, parsed, at) => {
    const found = await service.doComplete(document, document.positionAt(at), parsed);
    return (found?.items ?? []).map(({ label, documentation }) => ({ label, told: documentation?.value ?? documentation }));
  },
  hover: async (document, parsed, at) => {
    const found = await service.doHover(document, document.positionAt(at), parsed);
    return (found?.contents ?? []).map((content) => content.value ?? content);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, path, text, at } = JSON.parse(line);
  const document = TextDocument.create(pathToFileURL(path).href, "json", 1, text);
  const answer = await answers[ask](document, service.parseJSONDocument(document), at);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
