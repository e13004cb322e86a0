// What settings come to: the campaign that they ask for, and the config that asks for the same.
import { omit, overlaid } from "../../base/fields.ts";
import { jsonOf } from "../../base/visible.ts";
import type { RunRequest } from "../../campaign/request.ts";
import { type CampaignRequest, moduleNamed, watchedTarget } from "../../targets/targets.ts";
import {
  type FuzzConfig,
  OPTIONS,
  RUN_OPTIONS,
  type Settings,
} from "../options/campaign_options.ts";
import { defaultsOf, objectOf, saidOf } from "../options/option.ts";

/** What a config may say when a campaign is resumed: the rest is in its journal. */
export function settingsForResume(settings: Settings): Settings {
  return saidOf(RUN_OPTIONS, settings);
}

/** The campaign that settings ask for. */
export async function requestOf(settings: Settings): Promise<CampaignRequest & RunRequest> {
  const { profile, boot, slubDebug, cpus, kconfig, ...others } = settings;
  const { ops, time, timeout, instrument, ...more } = others;
  const { targets, target, exports, module, ...rest } = more;
  const choice = await chosenTarget({ targets, target, exports, module });
  const request = {
    ...omit(rest, "pages", "failOn", "countAsNew", "baseline", "ci"),
    ...choice,
    ...{ opCountMax: ops, timeMs: time, timeoutMs: timeout },
    machine: { profile, boot, slubDebug, cpus, config: kconfig },
  };
  if (instrument !== true) return request;
  return { ...request, target: await watchedTarget(choice.target ?? "slub", choice.exports) };
}

/** What people say of a target, and the targets that a config names. */
type TargetWords = Pick<Settings, "target" | "exports" | "module" | "targets">;

interface ChosenTarget {
  readonly target: string | undefined;
  readonly exports?: string;
}

/** The target that is meant, and how it is called. */
export async function chosenTarget(words: TargetWords): Promise<ChosenTarget> {
  const { targets = {}, target, exports, module } = words;
  const isNamed = target !== undefined && Object.hasOwn(targets, target);
  const choice = isNamed && exports === undefined ? targets[target] : { target, exports };
  if (module === undefined) return choice;
  return { ...choice, target: await moduleNamed(choice.target ?? "slub", module) };
}

/** Settings with their defaults, as a config that would ask for them: JSON. */
export function settingsText(settings: Settings): string {
  const whole = overlaid<Settings>(defaultsOf(OPTIONS), settings);
  return jsonOf(objectOf(OPTIONS).write?.(whole));
}

/**
 * Gives a config its type, so that an editor knows its fields; returns it as it is. What it says is
 * checked when a command loads the file.
 */
export function defineConfig(config: FuzzConfig): FuzzConfig {
  return config;
}
