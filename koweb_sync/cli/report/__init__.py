"""`koweb report`: `command` is what is typed; `watch_list`, `output` and `progress` are what it does with the answer;
`asked` and `window` say what the options mean. Imports point downward in this order.
"""
