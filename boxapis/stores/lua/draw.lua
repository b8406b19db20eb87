local most, redeem = tonumber(ARGV[2]), tonumber(ARGV[3])
if redeem == epoch and opens == now then
  return {0, epoch, level}
end
local too_full = level_at(opens) + place - usable()
local wait = opens - now + math.ceil(math.max(0, too_full) / leak)
if wait > most then
  return {wait, 0, level}
end
level = level + place
save_bucket()
return {wait, epoch, level}
