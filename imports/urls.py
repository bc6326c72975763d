from django.urls import path

from imports import views

urlpatterns = [
    path("imports/", views.import_page, name="imports"),
    path("imports/templates/<slug:kind>.xlsx", views.template, name="import-template"),
    path("imports/<int:pk>/", views.upload_page, name="upload"),
    path("imports/<int:pk>/commit/", views.commit_upload, name="upload-commit"),
    path("imports/<int:pk>/scope/", views.say_scope, name="upload-scope"),
    path("imports/<int:pk>/undo/", views.undo_upload, name="upload-undo"),
    path("imports/<int:pk>/marked/", views.marked_workbook, name="upload-marked"),
]
