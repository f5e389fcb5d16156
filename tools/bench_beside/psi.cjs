// Processor time of OpenMined's psi.js for the intersection of two sets of identifiers, one direction: the client learns it.
// usage: node psi.cjs <folder with node_modules>   identifiers of both sides on stdin, JSON {"server": [...], "client": [...]}
const path = require("node:path");
const fs = require("node:fs");
const PSI = require(path.join(process.argv[2], "node_modules", "@openmined", "psi.js"));

(async () => {
  const psi = await PSI();
  const sets = JSON.parse(fs.readFileSync(0, "utf8"));
  const began = process.cpuUsage();
  const server = psi.server.createWithNewKey(true);
  const client = psi.client.createWithNewKey(true);
  const setup = server.createSetupMessage(0.0, sets.client.length, sets.server, psi.dataStructure.Raw);
  const request = client.createRequest(sets.client);
  const response = server.processRequest(request);
  const found = client.getIntersection(setup, response);
  const used = process.cpuUsage(began);
  console.log(JSON.stringify({ cpu: (used.user + used.system) / 1e6, found: found.length }));
  process.exit(0);
})();
