-- Changes fields of the state and prolongs its life; ARGV[1] is its lifetime in milliseconds.
-- Numbers are written out: some servers turn large ones into fewer digits, or into exponents.
local function save(changes)
  local words = {}
  for name, value in pairs(changes) do
    words[#words + 1] = name
    words[#words + 1] = type(value) == 'number' and string.format('%.0f', value) or value
  end
  redis.call('HSET', KEYS[1], unpack(words))
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
