// The last step of `npm run build:ts`: writes down which sources were built, for those who add up
// results of several machines. The published package has no sources to look at.
import { writeStamp } from "../dist/src/campaign/driver_build.js";

writeStamp();
