// Renders with one of the JavaScript peers. First it prints what it made, in base64; then each line on
// standard input asks for one measurement.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { performance } from "node:perf_hooks";

const [name, modules, templatePath, dataPath] = process.argv.slice(2);
const require = createRequire(`${modules}/anything.js`);
const body = readFileSync(templatePath);
const data = JSON.parse(readFileSync(dataPath, "utf8"));

const renderers = {
  docxtemplater() {
    const PizZip = require("pizzip");
    const Docxtemplater = require("docxtemplater");
    return () => {
      const made = new Docxtemplater(new PizZip(body), { paragraphLoop: true, linebreaks: true });
      made.render(data);
      return made.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
    };
  },
  "easy-template-x"() {
    const { TemplateHandler } = require("easy-template-x");
    const handler = new TemplateHandler();
    return () => handler.process(body, data);
  },
  carbone() {
    const carbone = require("carbone");
    return () => new Promise((done, failed) => carbone.render(templatePath, data, (error, out) => (error ? failed(error) : done(out))));
  },
};

const render = renderers[name]();
console.log(Buffer.from(await render()).toString("base64"));
for (let n = 0; n < 5; n++) await render();
const TIMES = 5;
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now();
  for (let n = 0; n < TIMES; n++) await render();
  console.log((performance.now() - start) / TIMES);
}
process.exit(0);
