"""The local web app: matrix, pair, article, search and data in a browser, and the same as an API.

app.py puts it together; guard.py, people.py and forms.py say who may ask what, and how much; view.py reads an address;
answers.py gives what the desk answers as values for pages; marked.py cuts a text into its marks. The addresses stand in
pages.py, article_pages.py, live_pages.py, downloads.py and api.py. live.py and worker.py code a page on the spot.
"""
