"""The formats of `koweb archive export`: each module is one, whose name it bears and whose `EXPORT` says all about it.

One more file here is one more format. Only the registry, `koweb_sync.archive.exports.export`, imports these modules.
"""
