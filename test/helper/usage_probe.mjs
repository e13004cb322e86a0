// Loaded before a command, this tells on stderr what the process needed.
process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stderr.write(`usage ${userCPUTime + systemCPUTime} ${maxRSS}\n`);
});
