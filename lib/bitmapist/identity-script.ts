import crypto from 'node:crypto'

/** Bytes of an id's digest: two of 4 thousand million ids share one with a chance below 1 in 10⁹. */
export const DIGEST_BYTES = 12
/** Ids of a list. */
export const LIST_IDS = 64
/** Ids of a hash in the mean. It has up to twice as many before it is split, which Redis still packs (128 at most). */
const HASH_IDS = 32
/** The highest bit of a bitmap. */
export const MAX_NUMBER = 2 ** 32 - 1

/**
 * Numbers of ids, in one step on the server.
 *
 * `KEYS[1]` holds the highest number given out. Beside it are hashes (`:f:0`, `:f:1` …: digest → number) and lists
 * (`:b:0` …: the ids in the order of their numbers, 64 each). `ARGV[1]` has the digests, joined. `ARGV[2]` has their
 * ids, each after one byte of its length − 1; without it nothing is given out, and 0 stands for unknown.
 *
 * Hashes grow one by one, by linear hashing: which one holds a digest follows from the count alone.
 *
 * A script can die half way (its user may not write a key, a cluster moves one away), and what it wrote stays. So the
 * first write says beside the count what is about to be given out; all others add, and are looked at by nobody while
 * the count is the old one; the last SET makes them hold, all at once. Where the count still has digests beside it,
 * the next script takes back what they left. What had moved to another hash is removed at the very end: nobody looks
 * for it in its old one.
 * @see W. Litwin, "Linear hashing: a new tool for file and table addressing", VLDB 1980
 */
export const SCRIPT = `
local key, digests, ids = KEYS[1], ARGV[1], ARGV[2]
local call, sub, byte, floor = redis.call, string.sub, string.byte, math.floor
local hashes, lists = key .. ':f:', key .. ':b:'
local text = call('GET', key) or '0'
local digits = string.match(text, '^%d+')
local count = tonumber(digits)
local buckets, half

local function size(users)
  buckets, half = 1 + floor(users / ${HASH_IDS}), 1
  while half * 2 < buckets do half = half * 2 end
end

local function bucketOf(digest)
  local a, b, c, d = byte(digest, 1, 4)
  local bucket = (((a * 256 + b) * 256 + c) * 256 + d) % (half * 2)
  return bucket < buckets and bucket or bucket - half
end

local function each(joined)
  local all = {}
  for at = 1, #joined, ${DIGEST_BYTES} do all[#all + 1] = sub(joined, at, at + ${DIGEST_BYTES - 1}) end
  return all
end

local function need(found, name)
  if not found then error('NO_ID ' .. name, 0) end
end

local function callEach(verb, name, values)
  for at = 1, #values, 100 do call(verb, name, unpack(values, at, math.min(at + 99, #values))) end
end

local function undo(given)
  size(count)
  local kept, list, rest = buckets, floor(count / ${LIST_IDS}), count % ${LIST_IDS}
  size(count + #given)
  for _, digest in ipairs(given) do
    local bucket = bucketOf(digest)
    need(count == 0 or bucket >= kept or call('EXISTS', hashes .. bucket) == 1, hashes .. bucket)
    call('HDEL', hashes .. bucket, digest)
  end
  for other = list + 1, floor((count + #given) / ${LIST_IDS}) do call('DEL', lists .. other) end
  need(call('LLEN', lists .. list) >= rest, lists .. list)
  if rest == 0 then call('DEL', lists .. list) else call('LTRIM', lists .. list, 0, rest - 1) end
  call('SET', key, digits)
end

local function find(all)
  local numbers, new, last = {}, {}, count
  for i, digest in ipairs(all) do
    local hash = hashes .. bucketOf(digest)
    local found = call('HGET', hash, digest)
    local number = found and tonumber(found) or 0
    if number == 0 then need(count == 0 or call('EXISTS', hash) == 1, hash) end
    if number > count then
      need(not ids, key)
      number = 0
    end
    if ids and number == 0 then
      last = last + 1
      number = last
      new[#new + 1] = i
    end
    numbers[i] = number
  end
  return numbers, new
end

local function append(new)
  local at, i, list, names = 1, 1, floor(count / ${LIST_IDS}), {}
  for k, index in ipairs(new) do
    while i < index do
      at = at + byte(ids, at) + 2
      i = i + 1
    end
    names[#names + 1] = sub(ids, at + 1, at + byte(ids, at) + 1)
    if k == #new or (count + k) % ${LIST_IDS} == 0 then
      call('RPUSH', lists .. list, unpack(names))
      list, names = list + 1, {}
    end
  end
end

local function split()
  local from, to = hashes .. (buckets - 1 - half), hashes .. (buckets - 1)
  local fields, moved, gone = call('HGETALL', from), {}, {}
  need(#fields > 0 or count == 0, from)
  for i = 1, #fields, 2 do
    local digest = fields[i]
    local bucket = digest == '' and buckets - 1 - half or bucketOf(digest)
    if bucket == buckets - 1 then
      moved[#moved + 1] = digest
      moved[#moved + 1] = fields[i + 1]
    end
    if bucket ~= buckets - 1 - half then gone[#gone + 1] = digest end
  end
  call('DEL', to)
  if #moved == 0 then moved = { '', 0 } end
  callEach('HSET', to, moved)
  if #gone * 2 == #fields then call('HSET', from, '', 0) end
  return from, gone
end

if ids and #text > #digits then undo(each(sub(text, #digits + 2))) end
size(count)
local all = each(digests)
local numbers, new = find(all)
if #new == 0 then return numbers end
local last = count + #new
if last > ${MAX_NUMBER} then error('NO_NUMBER', 0) end
for list = floor(count / ${LIST_IDS}), floor((last - 1) / ${LIST_IDS}) do
  local before = list * ${LIST_IDS} < count and count % ${LIST_IDS} or 0
  need(call('LLEN', lists .. list) == before, lists .. list)
end
local given = {}
for k, i in ipairs(new) do given[k] = all[i] end
call('SET', key, digits .. ' ' .. table.concat(given))
append(new)
local left = {}
for grown = buckets, floor(last / ${HASH_IDS}) do
  size(grown * ${HASH_IDS})
  local hash, gone = split()
  if #gone > 0 then left[#left + 1] = { hash, gone } end
end
for k, digest in ipairs(given) do call('HSET', hashes .. bucketOf(digest), digest, count + k) end
call('SET', key, last)
for _, removal in ipairs(left) do callEach('HDEL', removal[1], removal[2]) end
return numbers
`

/** By which a server knows the script once it has run it. */
export const SCRIPT_SHA = crypto.createHash('sha1').update(SCRIPT).digest('hex')
